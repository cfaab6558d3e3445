import asyncio
import json
import signal

import pytest

from localcloud.emulator.clocks import OFFSET
from localcloud.emulator.config import Door
from tests.unit.localcloud.emulator.emulator_world import AWAY, HOME, TOKEN, WITNESS, World, head

OPERATOR = Door("operator")


@pytest.fixture
def world(tmp_path):
    world = World(tmp_path)
    with world.log:
        yield world


@pytest.fixture
def order(world):
    async def order(method, path, content=None, *, token=TOKEN, door=OPERATOR):
        asked = head(path=f"/_gate/{path}", method=method, headers={"x-localcloud-token": token})
        return await world.gate.control.handle(door, asked, json.dumps(content or {}).encode())

    return order


async def test_a_region_dies_with_its_processes_and_lives_again(world, order):
    status, answered = await order("POST", f"regions/{HOME}", {"state": "dead"})
    assert (status, answered["killed_processes"]) == (200, 3)
    assert (await order("GET", "regions"))[1][HOME] == "dead"
    assert (await order("POST", f"regions/{HOME}", {"state": "alive"}))[1]["killed_processes"] == 0
    assert (await order("GET", "regions"))[1][HOME] == "alive"
    assert world.killed == [HOME]


async def test_a_region_dies_silently_its_connections_stay_open_and_it_lives_again(world, order):
    status, answered = await order("POST", f"regions/{HOME}", {"state": "silent"})
    assert (status, answered["killed_processes"]) == (200, 3)
    assert (await order("GET", "regions"))[1][HOME] == "dead"
    assert world.regions.silent(HOME)
    assert world.regions.silent("global"), "the control planes are lost with their home"
    assert not world.regions.silent(AWAY)
    await order("POST", f"regions/{HOME}", {"state": "alive"})
    assert not world.regions.silent(HOME)


async def test_managed_failovers_are_refused_and_clusters_that_left_meanwhile_come_back(world, order):
    said = {"region": AWAY, "refused": True}
    assert await order("POST", "managed-failover", said) == (200, said)
    assert world.managed.refused == {AWAY}
    back = []
    world.managed.rebuilds.append(lambda: back.append("cluster"))
    await order("POST", "managed-failover", said | {"refused": False})
    assert (world.managed.refused, back, world.managed.rebuilds) == (set(), ["cluster"], [])


async def test_a_failover_lasts_as_long_as_it_was_told_and_ends_at_once_when_it_is_told_so(world, order):
    world.managed.wait(AWAY)  # nobody said anything: it does not wait
    said = {"region": AWAY, "seconds": 600}
    assert await order("POST", "promotion", said) == (200, said)
    assert (world.managed.slow(AWAY), world.managed.slow(HOME)) == (True, False)
    waiting = asyncio.create_task(asyncio.to_thread(world.managed.wait, AWAY))
    await asyncio.sleep(0)
    assert not waiting.done()
    await order("POST", "promotion", said | {"seconds": 0})
    await waiting
    assert not world.managed.slow(AWAY)


async def test_a_failover_whose_time_is_over_waits_no_longer(world, order):
    await order("POST", "promotion", {"region": AWAY, "seconds": 0.01})
    await asyncio.to_thread(world.managed.wait, AWAY)
    assert world.managed.slow(AWAY), "the next one lasts as long"


async def test_a_region_stands_still_and_goes_on_where_it_stood(world, order):
    _, answered = await order("POST", f"regions/{HOME}", {"state": "stopped"})
    assert (answered["stopped_processes"], answered["killed_processes"]) == (2, 0)
    assert (await order("GET", "regions"))[1][HOME] == "stopped"
    assert world.regions.healthy, "a stopped region still votes"
    await order("POST", f"regions/{HOME}", {"state": "alive"})
    assert world.signalled == [(HOME, signal.SIGSTOP), (HOME, signal.SIGCONT)]
    assert (await order("GET", "regions"))[1][HOME] == "alive"


async def test_steps_are_harmed_until_the_order_is_taken_back(world, order):
    for fault, dies in (("kill", True), (None, False)):
        assert await order("POST", "sabotage", {"region": AWAY, "fault": fault}) == (
            200,
            {"region": AWAY, "fault": fault},
        )
        world.gate.control.sabotage.begins(AWAY, "guard")
        assert world.gate.control.sabotage.ends(AWAY, "guard") is dies


async def test_links_are_cut_and_mended(order):
    cut = {"a": HOME, "b": AWAY, "cut": True}
    assert await order("POST", "links", cut) == (200, [[HOME, AWAY]])
    assert await order("GET", "links") == (200, [[HOME, AWAY]])
    assert await order("POST", "links", {**cut, "cut": False}) == (200, [])


async def test_a_clock_is_set_for_whoever_looks_at_it_and_set_right_again(world, order):
    for seconds in (-20.5, 0.0):
        assert (await order("POST", "clocks", {"region": HOME, "seconds": seconds}))[0] == 200
        (offset,) = OFFSET.unpack(world.clocks.files[HOME].read_bytes())
        assert offset == seconds * 1e9
    assert world.clocks.files[AWAY].read_bytes() == bytes(8)


@pytest.mark.parametrize(
    ("token", "door"), [("wrong", OPERATOR), ("", OPERATOR), (TOKEN, Door(HOME)), (TOKEN, Door(AWAY))]
)
async def test_strangers_order_nothing(world, order, token, door):
    assert (await order("POST", f"regions/{HOME}", {"state": "dead"}, token=token, door=door))[0] == 403
    assert world.regions.healthy


@pytest.mark.parametrize(
    ("path", "content", "named"),
    [
        ("regions/eu-west-1", {"state": "dead"}, "eu-west-1"),
        (f"regions/{HOME}", {"state": "ill"}, "ill"),
        (f"regions/{HOME}", {}, "state"),
        (f"regions/{WITNESS}", {"state": "stopped"}, WITNESS),
        ("flapping", {"region": WITNESS, "one_in": 2}, WITNESS),
        ("flapping", {"region": HOME, "one_in": -1}, "-1"),
        ("sabotage", {"region": WITNESS, "fault": "kill"}, WITNESS),
        ("sabotage", {"region": HOME, "fault": "scold"}, "scold"),
        ("throttling", {"region": HOME, "service": "ssm", "one_in": -1}, "-1"),
        ("throttling", {"region": HOME, "service": "iam", "one_in": 2}, "iam"),
        ("throttling", {"region": WITNESS, "service": "ssm", "one_in": 2}, WITNESS),
        ("clocks", {"region": HOME, "seconds": 7200}, "7200"),
        ("clocks", {"region": WITNESS, "seconds": 1}, WITNESS),
        ("links", {"a": HOME, "b": AWAY}, "cut"),
        ("links", [1], "list"),
    ],
)
async def test_a_wrong_order_is_refused_with_what_is_wrong(world, order, path, content, named):
    status, answered = await order("POST", path, content)
    assert status == 400
    assert named in answered["message"]
    assert world.regions.healthy


async def test_an_unknown_order_is_not_found(order):
    assert (await order("DELETE", "regions"))[0] == 404
