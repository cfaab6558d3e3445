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

    def revive(self, region):
        self.done.append(("revive", region))
        return 3

    def create_owner(self, username, password, database):
        self.done.append(("owner", username, password, database))

    def kill(self, region):
        self.done.append(("kill", region))
        return 7

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


async def test_reviving_a_region_says_how_many_rows_only_it_had(client):
    answer = await client.post("/regions/us-east-1/revive", headers=OURS)
    assert await answer.json() == {"salvaged_rows": 3}


async def test_master_credentials_of_a_new_cluster_become_the_owner(client, regions):
    order = {"region": "us-east-1", "username": "u", "password": "p", "database": "d"}
    assert (await client.post("/hooks/database", json=order, headers=OURS)).status == 200
    assert regions.done == [("owner", "u", "p", "d")]


async def test_killing_a_region_says_how_many_processes_died(client):
    answer = await client.post("/regions/us-east-1/kill", headers=OURS)
    assert await answer.json() == {"killed_processes": 7}


@pytest.mark.parametrize("headers", [{}, {TOKEN_HEADER: "guess"}, OURS | {"Origin": "https://evil.example"}])
async def test_nobody_else_can_kill_a_region(client, regions, headers):
    assert (await client.post("/regions/us-east-1/kill", headers=headers)).status == 403
    assert regions.done == []


async def test_status_is_open_but_not_to_web_pages(client):
    assert (await client.get("/status")).status == 200
    assert (await client.get("/status", headers={"Origin": "https://evil.example"})).status == 403
