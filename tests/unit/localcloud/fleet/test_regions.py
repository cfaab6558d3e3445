"""What happens to all instances of one region, over machines that write down what is done to them."""

from types import SimpleNamespace

import pytest

from localcloud.emulator.clocks import OFFSET
from localcloud.fleet.assembly import fleet_of, ways_between
from localcloud.fleet.instances.host import InstanceHost, Running
from localcloud.fleet.ports import PortBook
from localcloud.fleet.regions import FleetRegions
from tests.unit.localcloud.fleet.clouds import cloud

EAST, WEST = "us-east-1", "us-east-2"


class Machine:
    def __init__(self, name, region):
        self.instance, self.told = SimpleNamespace(id=name, region=region), []

    def power_off(self):
        self.told.append("off")

    def freeze(self):
        self.told.append("still")
        return 4

    def thaw(self):
        self.told.append("goes on")


@pytest.fixture
def host(tmp_path):
    made = InstanceHost(
        folder=tmp_path, logs=tmp_path, records=None, book=PortBook(), endpoints={}, lifecycle=str
    )
    for name, region in (("i-1", EAST), ("i-2", EAST), ("i-3", WEST)):
        made.book.enter(name, f"{region}a", {8080: 1})
        made.running[name] = Running(machine=Machine(name, region), metadata=None, boots=1, ports={})
    return made


def told(host):
    return {name: each.machine.told for name, each in host.running.items()}


async def test_a_dead_region_has_no_power_and_boots_when_it_lives_again(host):
    regions = FleetRegions(host)
    assert await regions.kill(EAST) == 2
    assert regions.unkept == {EAST}
    assert told(host) == {"i-1": ["off"], "i-2": ["off"], "i-3": []}
    assert [host.book.endpoint(name, 8080).dark for name in host.running] == [True, True, False]
    await regions.revive(EAST)
    assert regions.unkept == set()
    assert [each.boots for each in host.running.values()] == [0, 0, 1]


async def test_a_stopped_region_stands_still_and_goes_on_without_a_boot(host):
    regions = FleetRegions(host)
    assert await regions.stop(EAST) == 8
    assert regions.unkept == {EAST}, "nobody replaces what stands still"
    await regions.revive(EAST)
    assert told(host) == {"i-1": ["still", "goes on"], "i-2": ["still", "goes on"], "i-3": []}
    assert {each.boots for each in host.running.values()} == {1}


def test_the_clock_of_a_region_is_wrong_for_every_instance_there_and_for_later_ones(host):
    FleetRegions(host).set_clock(EAST, 20.0)

    def seconds(name):
        (found,) = OFFSET.unpack(host.clock(name).files[name].read_bytes())
        return found / 1e9

    assert [seconds(name) for name in host.running] == [20, 20, 0]
    assert host.fast == {EAST: 20.0}


async def test_instances_reach_the_other_regions_balancer_by_a_way_of_their_own(tmp_path):
    state = cloud(EAST, WEST)
    fleet = fleet_of(state, tmp_path)
    assert fleet.ways == {EAST: {WEST: 11}, WEST: {EAST: 12}}
    ports = {"orders-1.us-east-2.elb.amazonaws.com": {80: 5080, 443: 5443}}
    ways = ways_between(state, SimpleNamespace(doors=SimpleNamespace(ports=ports)))
    assert ways[EAST].target() == 5443
    with pytest.raises(ConnectionRefusedError, match="no balancer listens in us-east-1"):
        ways[WEST].target()
