import pytest
from aiohttp.test_utils import TestClient, TestServer

from localcloud.control import TOKEN_HEADER, application


class Regions:
    def __init__(self):
        self.done = []

    def promote(self, region):
        self.done.append(("promote", region))

    def switchover(self, region):
        self.done.append(("switchover", region))

    def create_owner(self, username, password, database):
        self.done.append(("owner", username, password, database))

    def kill(self, place, *, silently=False):
        if place == "mars":
            raise ValueError("mars is none of us-east-1, us-west-2")
        self.done.append(("swallow" if silently else "kill", place))
        return 7

    def stop(self, region):
        self.done.append(("stop", region))
        return 6

    def revive(self, place):
        self.done.append(("revive", place))
        return 5

    def link(self, one, other, *, cut):
        self.done.append(("link", one, other, cut))

    def fault(self, name, order):
        if name != "disk":
            raise ValueError(f"{name} is none of disk")
        self.done.append(("fault", name, order))

    def heal(self):
        if self.done:
            raise TimeoutError("the gate did not answer")
        self.done.append(("heal",))
        return 4

    def status(self):
        return {"regions": {}}


@pytest.fixture
def regions():
    return Regions()


@pytest.fixture
async def client(regions):
    async with TestClient(TestServer(application(regions, "secret"))) as client:
        yield client


OURS = {TOKEN_HEADER: "secret"}


async def test_a_failover_of_the_emulated_aurora_really_promotes(client, regions):
    order = {"action": "failover", "to_region": "us-west-2"}
    assert (await client.post("/hooks/promote", json=order, headers=OURS)).status == 200
    assert regions.done == [("promote", "us-west-2")]


async def test_a_switchover_of_the_emulated_aurora_is_none_that_may_lose(client, regions):
    order = {"action": "switchover", "to_region": "us-west-2"}
    assert (await client.post("/hooks/promote", json=order, headers=OURS)).status == 200
    assert regions.done == [("switchover", "us-west-2")]


async def test_master_credentials_of_a_new_cluster_become_the_owner(client, regions):
    order = {"region": "us-east-1", "username": "u", "password": "p", "database": "d"}
    assert (await client.post("/hooks/database", json=order, headers=OURS)).status == 200
    assert regions.done == [("owner", "u", "p", "d")]


@pytest.mark.parametrize(
    ("path", "order", "told"),
    [
        ("places/us-east-1/kill", None, [("kill", "us-east-1"), {"processes": 7}]),
        ("places/us-east-1/swallow", None, [("swallow", "us-east-1"), {"processes": 7}]),
        ("places/us-east-1/stop", None, [("stop", "us-east-1"), {"processes": 6}]),
        ("places/us-east-2/revive", None, [("revive", "us-east-2"), {"processes": 5}]),
        ("links", {"a": "x", "b": "y", "cut": True}, [("link", "x", "y", True), {}]),
        ("faults/disk", {"region": "x"}, [("fault", "disk", {"region": "x"}), {}]),
        ("heal", None, [("heal",), {"salvaged_rows": 4}]),
    ],
)
async def test_each_fault_is_one_order(client, regions, path, order, told):
    answer = await client.post(f"/{path}", json=order, headers=OURS)
    assert [*regions.done, await answer.json()] == told


@pytest.mark.parametrize(
    ("path", "order", "named"),
    [
        ("places/mars/kill", None, "mars is none of"),
        ("places/us-east-1/tickle", None, "kill, swallow, stop, revive"),
        ("links", {"a": "x", "b": "y"}, "cut"),
        ("faults/plague", {}, "plague is none of"),
    ],
)
async def test_an_order_that_makes_no_sense_says_what_is_wrong(client, regions, path, order, named):
    answer = await client.post(f"/{path}", json=order, headers=OURS)
    assert answer.status in {400, 404}
    assert named in (await answer.json())["error"]
    assert regions.done == []


@pytest.mark.parametrize("headers", [{}, {TOKEN_HEADER: "guess"}, OURS | {"Origin": "https://evil.example"}])
async def test_nobody_else_can_kill_a_region(client, regions, headers):
    assert (await client.post("/places/us-east-1/kill", headers=headers)).status == 403
    assert regions.done == []


async def test_status_is_open_but_not_to_web_pages(client):
    assert (await client.get("/status")).status == 200
    assert (await client.get("/status", headers={"Origin": "https://evil.example"})).status == 403


async def test_a_part_that_does_not_do_it_in_time_is_named(client):
    await client.post("/heal", headers=OURS)
    answer = await client.post("/heal", headers=OURS)
    assert (answer.status, await answer.json()) == (502, {"error": "TimeoutError: the gate did not answer"})
