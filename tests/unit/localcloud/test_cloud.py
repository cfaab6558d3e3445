"""Faults add up and heal, over parts that only write down what they were told."""

import asyncio
from pathlib import Path

import pytest

from lib.systems.load import load_settings
from localcloud.cloud import LocalCloud
from localcloud.core.state import CloudState, RegionState
from localcloud.systems.payments import LocalPayments

EAST, WEST, WITNESS = "us-east-1", "us-west-2", "us-east-2"


class Told(list):
    """What the parts were told, in order."""


class Aws:
    def __init__(self, told):
        self.told = told

    def set_region(self, region, state):
        self.told.append(("gate", region, state))
        return {"killed_processes": 2, "stopped_processes": 3}

    def set_database(self, region, name, status):
        self.told.append(("database", region, name, status))

    def follow(self, region, *, writer, replica):
        self.told.append(("follow", region, writer, replica))

    def set_link(self, one, other, *, cut):
        self.told.append(("gate link", one, other, cut))

    def set_clock(self, region, seconds):
        self.told.append(("clock", region, seconds))

    def set_flapping(self, region, one_in):
        self.told.append(("flapping", region, one_in))

    def set_sabotage(self, region, fault):
        self.told.append(("sabotage", region, fault))


class Pair:
    writer = WEST

    def __init__(self, told, links):
        self.told, self.links = told, links

    def kill(self, region):
        self.told.append(("kill", region))
        return frozenset({1, 2, 3, 4})

    def freeze(self, region):
        self.told.append(("freeze", region))
        return frozenset({1, 2})

    def thaw(self, region):
        self.told.append(("thaw", region))
        return frozenset({1, 2})

    def revive(self, region):
        self.told.append(("start", region))

    def rejoin(self, region, *, salvage_to):
        self.told.append(("rejoin", region, salvage_to.name))
        if any(link.delay_ms for link in self.links.values()):
            raise TimeoutError("pg_rewind does not wait for a slow link")
        return 5

    def switchover(self, region):
        self.told.append(("switchover", region))

    def is_writer(self, region):
        return region == self.writer


class Link:
    def __init__(self, told, region):
        self.told, self.region, self.delay_ms = told, region, 0.0

    async def cut(self):
        self.told.append(("wal cut", self.region))

    def heal(self):
        self.told.append(("wal heal", self.region))


class Plane:
    def status(self):
        return {"running": True}


class Issuer:
    """Of access tokens; it notes that it was started or stopped."""

    def __init__(self, told) -> None:
        self.told = told

    async def start(self) -> None:
        self.told.append(("issuer", "up"))

    async def stop(self) -> None:
        self.told.append(("issuer", "down"))


@pytest.fixture
def told():
    return Told()


@pytest.fixture
async def cloud(told):
    region = RegionState(endpoint="", front_door="")
    state = CloudState(
        pid=1,
        control="",
        token="",
        operator_endpoint="",
        account_id="",
        access_key_id="",
        secret_access_key="",
        regions={EAST: region, WEST: region},
        dns_port=1,
        calls_log=Path("calls"),
    )
    links = {name: Link(told, name) for name in (EAST, WEST)}
    return LocalCloud(
        system=LocalPayments(load_settings({})),
        state=state,
        pair=Pair(told, links),
        aws=Aws(told),
        links=links,
        plane=Plane(),
        issuer=Issuer(told),
        loop=asyncio.get_running_loop(),
        salvage_to=Path("salvaged.jsonl"),
    )


async def test_a_killed_region_loses_functions_and_database(cloud, told):
    assert await asyncio.to_thread(cloud.kill, EAST) == 6
    assert {word for word, *_ in told[:-2]} == {"wal cut"}, "what was under way is lost with the region"
    assert told[-2:] == [("gate", EAST, "dead"), ("kill", EAST)]
    assert cloud.status()["regions"][EAST] == {"state": "dead", "writer": False}


@pytest.mark.parametrize("place", [WITNESS, "global"])
async def test_a_place_without_databases_dies_in_the_gate_only(cloud, told, place):
    assert await asyncio.to_thread(cloud.kill, place) == 2
    assert told == [("gate", place, "dead")]


async def test_a_region_that_dies_silently_refuses_nobody(cloud, told):
    assert await asyncio.to_thread(lambda: cloud.kill(EAST, silently=True)) == 6
    assert told[-2:] == [("gate", EAST, "silent"), ("kill", EAST)]


async def test_a_revived_region_has_its_old_data(cloud, told):
    await asyncio.to_thread(cloud.kill, EAST)
    told.clear()
    await asyncio.to_thread(cloud.revive, EAST)
    assert {word for word, *_ in told[:-2]} == {"wal heal"}
    assert told[-2:] == [("start", EAST), ("gate", EAST, "alive")], (
        "the database is there before its functions"
    )
    assert cloud.status()["regions"][EAST]["state"] == "alive"


async def test_a_stopped_region_goes_on_where_it_stood(cloud, told):
    assert await asyncio.to_thread(cloud.stop, EAST) == 5
    assert cloud.status()["regions"][EAST]["state"] == "stopped"
    await asyncio.to_thread(cloud.revive, EAST)
    assert told == [
        ("gate", EAST, "stopped"),
        ("freeze", EAST),
        ("thaw", EAST),
        ("gate", EAST, "alive"),
    ]


async def test_between_the_regions_the_databases_lose_each_other_too(cloud, told):
    await asyncio.to_thread(cloud.link, WEST, EAST, cut=True)
    assert told == [("gate link", WEST, EAST, True), ("wal cut", EAST), ("wal cut", WEST)]
    told.clear()
    await asyncio.to_thread(cloud.link, EAST, WITNESS, cut=True)
    assert told == [("gate link", EAST, WITNESS, True)]


async def test_healing_ends_every_fault_and_lets_the_old_writer_follow(cloud, told):
    def break_all() -> None:
        cloud.kill(EAST)
        cloud.kill("global")
        cloud.link(EAST, WEST, cut=True)
        cloud.fault("flapping", {"region": WEST, "one_in": 3})
        cloud.fault("sabotage", {"region": WEST, "fault": "kill"})
        cloud.fault("clock", {"region": EAST, "seconds": 5})
        cloud.fault("lag", {"seconds": 120})
        assert {link.delay_ms for link in cloud.links.values()} == {120_000.0}

    await asyncio.to_thread(break_all)
    told.clear()
    assert await asyncio.to_thread(cloud.heal) == 5
    assert ("gate link", EAST, WEST, False) in told
    assert ("flapping", WEST, 0) in told
    assert ("sabotage", WEST, None) in told
    assert ("clock", EAST, 0.0) in told
    assert {link.delay_ms for link in cloud.links.values()} == {cloud.system.replication_delay_ms}
    assert ("gate", "global", "alive") in told
    assert told[-1] == ("rejoin", EAST, "salvaged.jsonl")
    assert not (cloud.dead | cloud.stopped | cloud.cut)


@pytest.mark.parametrize(
    ("deed", "place"), [("kill", "mars"), ("stop", WITNESS), ("revive", EAST), ("stop", "global")]
)
async def test_a_place_where_the_fault_makes_no_sense_is_refused(cloud, told, deed, place):
    with pytest.raises(ValueError, match=place):
        await asyncio.to_thread(getattr(cloud, deed), place)
    assert told == []


async def test_the_issuer_of_tokens_goes_down_and_comes_back_with_everything_else(cloud, told):
    await asyncio.to_thread(cloud.fault, "issuer", {})
    assert told == [("issuer", "down")]
    await asyncio.to_thread(cloud.heal)
    assert told[1] == ("issuer", "up")


class FleetParts:
    """A fleet that only writes down what it was told."""

    full: frozenset[str] = frozenset()
    awake = True

    def __init__(self, told):
        self.told = told

    @property
    def regions(self):
        return self

    async def kill(self, region):
        self.told.append(("fleet dead", region))
        return 7

    async def stop(self, region):
        self.told.append(("fleet stands still", region))
        return 7

    async def revive(self, region):
        self.told.append(("fleet alive", region))

    def set_clock(self, region, seconds):
        self.told.append(("fleet clock", region, seconds))

    async def refuse_launches(self, zones):
        self.told.append(("full", *zones))

    async def heal(self):
        self.told.append(("fleet heals",))

    def wake(self):
        self.told.append(("woken",))

    def wake_if_awake(self):
        self.told.append(("looks",))

    def status(self):
        return {"instances": {}}


@pytest.fixture
def fleet(cloud, told):
    cloud.fleet = FleetParts(told)
    return cloud.fleet


async def test_a_killed_region_loses_its_instances_too_and_gets_them_back(cloud, told, fleet):
    assert await asyncio.to_thread(cloud.kill, EAST) == 6 + 7
    assert ("fleet dead", EAST) in told
    await asyncio.to_thread(cloud.revive, EAST)
    assert told[-1] == ("fleet alive", EAST)
    await asyncio.to_thread(cloud.kill, WITNESS)
    assert ("fleet dead", WITNESS) not in told


async def test_in_a_stopped_region_instances_stand_still_too(cloud, told, fleet):
    assert await asyncio.to_thread(cloud.stop, EAST) == 5 + 7
    assert ("fleet stands still", EAST) in told
    await asyncio.to_thread(cloud.revive, EAST)
    assert told[-1] == ("fleet alive", EAST)


async def test_instances_have_the_wrong_clock_of_their_region(cloud, told, fleet):
    await asyncio.to_thread(cloud.fault, "clock", {"region": EAST, "seconds": 20})
    assert told == [("clock", EAST, 20.0), ("fleet clock", EAST, 20.0)]
    await asyncio.to_thread(cloud.heal)
    assert ("fleet clock", EAST, 0.0) in told


async def test_between_the_regions_requests_are_not_passed_on_either(cloud, told):
    cloud.ways = {name: Link(told, f"way of {name}") for name in (EAST, WEST)}
    await asyncio.to_thread(cloud.link, WEST, EAST, cut=True)
    assert {("wal cut", f"way of {EAST}"), ("wal cut", f"way of {WEST}")} <= {*told}
    await asyncio.to_thread(cloud.heal)
    assert {("wal heal", f"way of {EAST}"), ("wal heal", f"way of {WEST}")} <= {*told}


async def test_troubles_of_the_fleet_go_to_the_fleet_and_end_with_all_others(cloud, told, fleet):
    order = {"zones": ["us-east-1a"]}
    await asyncio.to_thread(cloud.fault, "launches-refused", order)
    assert told == [("full", "us-east-1a"), ("looks",)]
    await asyncio.to_thread(cloud.heal)
    assert ("fleet heals",) in told


async def test_half_an_order_for_the_fleet_is_refused(cloud, fleet):
    with pytest.raises(KeyError, match="zones"):
        await asyncio.to_thread(cloud.fault, "launches-refused", {})


async def test_the_fleet_is_woken_and_shown_once_it_is_awake(cloud, told, fleet):
    cloud.wake_fleet()
    await asyncio.sleep(0)
    assert told == [("woken",)]
    assert cloud.status()["fleet"] == {"instances": {}}
    fleet.awake = False
    assert "fleet" not in cloud.status()


class Balancers:
    """Load balancers that only remember that they were woken."""

    def __init__(self, told, *, awake):
        self.told, self.awake = told, awake

    def wake(self):
        self.told.append(("balancers", "wake"))
        self.awake = True

    def status(self):
        return ["web"]


async def test_load_balancers_look_at_once_when_a_region_dies_or_lives_again(cloud, told):
    cloud.balancers = Balancers(told, awake=True)
    await asyncio.to_thread(cloud.kill, EAST)
    await asyncio.to_thread(cloud.revive, EAST)
    await asyncio.sleep(0)
    assert told.count(("balancers", "wake")) == 2


async def test_load_balancers_sleep_until_one_is_made(cloud, told):
    cloud.balancers = Balancers(told, awake=False)
    await asyncio.to_thread(cloud.kill, EAST)
    assert "balancers" not in await asyncio.to_thread(cloud.status)
    assert ("balancers", "wake") not in told
    await asyncio.to_thread(cloud.wake_fleet)
    await asyncio.sleep(0)
    assert (await asyncio.to_thread(cloud.status))["balancers"] == ["web"]


async def test_a_lost_writer_is_built_anew_once_it_follows_again(cloud, told):
    await asyncio.to_thread(cloud.fault, "database-lost", {})
    assert told == [("kill", WEST), ("database", WEST, WEST, "failed")]
    told.clear()
    assert await asyncio.to_thread(cloud.heal) == 5
    assert told == [
        ("start", WEST),
        ("rejoin", EAST, "salvaged.jsonl"),
        ("switchover", EAST),
        ("follow", EAST, EAST, WEST),
    ]
