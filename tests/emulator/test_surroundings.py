import asyncio
import time

import pytest

from localcloud.route53.answers import Code, Reply, Resource
from localcloud.route53.dns import DnsServer
from tests.emulator.deployed import function, invoke, role
from tests.emulator.emulator_process import AWAY, HOME


@pytest.fixture(scope="module", autouse=True)
def _deployed(emulator):
    worker = role(emulator)
    for region in (HOME, AWAY):
        function(emulator, worker, region)


def off_by(emulator, region: str) -> float:
    _, clock = invoke(emulator, {"do": "time"}, region)
    assert abs(clock["time"] - clock["time_ns"] / 1e9) < 1
    return clock["time"] - time.time()


def test_the_clock_of_one_region_is_set_for_processes_that_run_already(emulator):
    assert abs(off_by(emulator, HOME)) < 2
    emulator.gate("clocks", {"region": HOME, "seconds": -20})
    assert abs(off_by(emulator, HOME) + 20) < 2
    assert abs(off_by(emulator, AWAY)) < 2
    emulator.gate("clocks", {"region": HOME, "seconds": 0})
    assert abs(off_by(emulator, HOME)) < 2


@pytest.mark.parametrize(("region", "other"), [(HOME, AWAY), (AWAY, HOME)])
def test_a_function_goes_to_the_other_regions_api_by_its_own_regions_way(emulator, region, other):
    doors, ways = emulator.config["front_doors"], emulator.config["peer_doors"]
    _, led = invoke(emulator, {"do": "connect", "port": doors[other]}, region)
    assert led == {"port": ways[region]}
    _, own = invoke(emulator, {"do": "connect", "port": doors[region]}, region)
    assert own == {"port": doors[region]}


async def test_a_function_finds_a_load_balancer_by_its_name(emulator):
    balancer = "orders-1.us-east-1.elb.amazonaws.com"
    asked = f"_http._tcp.{balancer}"
    served = Reply(Code.NOERROR, (Resource(asked, "SRV", 60, f"0 0 18080 {balancer}."),))
    nothing = Reply(Code.NXDOMAIN)
    dns = DnsServer(emulator.config["dns_port"], lambda name, _: served if name == f"{asked}." else nothing)
    await dns.start()
    _, found = await asyncio.to_thread(invoke, emulator, {"do": "find", "name": balancer})
    await dns.stop()
    assert found == {"port": 18080}


def test_a_function_does_not_see_what_surrounds_it(emulator):
    _, environment = invoke(emulator, {"do": "environment"})
    assert not [name for name in environment if "LOCALCLOUD" in name]
