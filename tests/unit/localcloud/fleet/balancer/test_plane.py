"""The whole of it with a control plane that the tests write."""

import asyncio
from dataclasses import replace

import aiohttp
import pytest
from aiohttp import web

from localcloud.core.ports import free_port
from localcloud.core.tls import Authority
from localcloud.fleet.balancer.control_plane import Unreachable
from localcloud.fleet.balancer.model import BalancerConfiguration, LogPlace
from localcloud.fleet.balancer.plane import Balancers
from localcloud.fleet.ports import Endpoint
from tests.unit.localcloud.fleet.balancer.served import Instances
from tests.unit.localcloud.fleet.balancer.world import CHECK, GROUP_ARN, balancer, group, listener

HTTP = listener(port=80, protocol="HTTP")
FAST = replace(CHECK, interval_s=0.05, timeout_s=1)
NAME = balancer().dns_name


class Control:
    """A control plane that says what a test wants, and remembers what it was told."""

    def __init__(self):
        self.configuration = BalancerConfiguration()
        self.reachable = True
        self.health = {}
        self.data = []
        self.logs = []

    async def read(self):
        if not self.reachable:
            raise Unreachable("gone")
        return self.configuration

    async def tell(self, health):
        if not self.reachable:
            raise Unreachable("gone")
        self.health = health

    async def measure(self, region, data):
        if not self.reachable:
            raise Unreachable("gone")
        self.data += data

    async def store(self, region, bucket, key, lines):
        self.logs.append((bucket, key, lines))

    def say(self, *groups, **changed):
        made = balancer(HTTP, **changed)
        self.configuration = BalancerConfiguration(balancers=(made,), groups={one.arn: one for one in groups})


class World:
    def __init__(self):
        self.control, self.instances, self.healthy = Control(), Instances(), True
        self.balancers = Balancers(
            control_plane=self.control, instances=self.instances, authority=Authority(), wall=lambda: 1000.0
        )

    async def answer(self, request):
        return web.Response(status=200 if self.healthy or request.path != "/health" else 503)

    async def instance(self, number):
        server = await asyncio.get_running_loop().create_server(web.Server(self.answer), "127.0.0.1", 0)
        self.instances.known[f"i-{number}"] = Endpoint(server.sockets[0].getsockname()[1], "us-east-1a")

    async def until(self, condition):
        async with asyncio.timeout(5):
            while not condition():  # noqa: ASYNC110 - what checks find, they write down
                await asyncio.sleep(0.01)

    def states(self):
        return [str(one.state) for one in self.balancers.state.targets.get(GROUP_ARN, {}).values()]

    async def get(self, session):
        port = self.balancers.doors.ports[NAME][80]
        async with session.get(f"http://127.0.0.1:{port}/") as answer:
            return answer.status


@pytest.fixture
async def world():
    world = World()
    await world.balancers.start()
    yield world
    await world.balancers.stop()


async def test_targets_are_checked_and_what_was_found_is_told(world):
    await world.instance(0)
    world.control.say(group(1, check=FAST))
    await world.balancers.look()
    assert world.control.health[GROUP_ARN][0]["Health"]["State"] == "initial"
    await world.until(lambda: world.states() == ["healthy"])
    await world.balancers.look()
    assert world.control.health == {GROUP_ARN: [{"Id": "i-0", "Port": 8080, "Health": {"State": "healthy"}}]}
    world.healthy = False
    await world.until(lambda: world.states() == ["unhealthy"])
    await world.balancers.look()
    (told,) = world.control.health[GROUP_ARN]
    assert told["Health"]["Reason"] == "Target.ResponseCodeMismatch"
    assert told["Health"]["Description"] == "Health checks failed with these codes: [503]"


async def test_who_refuses_and_who_is_nowhere_is_unhealthy_for_its_own_reason(world):
    refusing = Endpoint(free_port(), "us-east-1a")
    world.instances.known = {"i-0": refusing, "i-1": replace(refusing, dark=True)}
    world.control.say(group(2, check=replace(FAST, timeout_s=0.05)))
    await world.balancers.look()
    await world.until(lambda: world.states() == ["unhealthy"] * 2)
    reasons = [str(one.reason) for one in world.balancers.state.targets[GROUP_ARN].values()]
    assert reasons == ["Target.FailedHealthChecks", "Target.Timeout"]


async def test_a_target_is_drained_before_it_may_go(world):
    await world.instance(0)
    world.control.say(group(1, check=FAST))
    await world.balancers.look()
    assert not world.balancers.drained("i-0")
    world.control.say(group(0, check=FAST, deregistration_s=30))
    await world.balancers.look()
    assert world.states() == ["draining"]
    assert world.balancers.drained("i-0")
    assert world.balancers.drained("i-9")


async def test_without_its_control_plane_it_serves_and_checks_by_what_it_knows(world):
    await world.instance(0)
    world.control.say(group(1, check=FAST))
    await world.balancers.look()
    await world.until(lambda: world.states() == ["healthy"])
    world.control.reachable = False
    await world.balancers.look()
    async with aiohttp.ClientSession() as session:
        assert await world.get(session) == 200
    world.healthy = False
    await world.until(lambda: world.states() == ["unhealthy"])
    world.control.reachable = True
    await world.balancers.look()
    assert world.control.health[GROUP_ARN][0]["Health"]["State"] == "unhealthy"


async def test_metrics_and_logs_are_told_once(world):
    await world.instance(0)
    world.control.say(group(1, check=FAST), logs=LogPlace("logs", "web"))
    await world.balancers.look()
    await world.until(lambda: world.states() == ["healthy"])
    async with aiohttp.ClientSession() as session:
        assert await world.get(session) == 200
    await world.balancers.publish()
    told = {one["MetricName"]: one for one in world.control.data}
    assert told["HealthyHostCount"]["Value"] == 1
    assert told["HTTPCode_Target_2XX_Count"]["Value"] == 1
    world.control.data.clear()
    await world.balancers.publish()
    assert {one["MetricName"] for one in world.control.data} == {"RequestCountPerTarget"}
    await world.balancers.write_logs()
    await world.balancers.write_logs()
    ((bucket, key, lines),) = world.control.logs
    assert (bucket, len(lines)) == ("logs", 1)
    assert key.startswith("web/AWSLogs/123456789012/elasticloadbalancing/us-east-1/1970/01/01/")


async def test_metrics_that_nobody_takes_are_told_later_and_once(world):
    await world.instance(0)
    world.control.say(group(1, check=FAST))
    await world.balancers.look()
    await world.until(lambda: world.states() == ["healthy"])
    async with aiohttp.ClientSession() as session:
        assert await world.get(session) == 200
        world.control.reachable = False
        await world.balancers.publish()
        assert await world.get(session) == 200
    world.control.reachable = True
    await world.balancers.publish()
    await world.balancers.publish()
    counted = [
        one["Value"]
        for one in world.control.data
        if one["MetricName"] == "RequestCount" and len(one["Dimensions"]) == 1
    ]
    times = [
        sum(one["Counts"])
        for one in world.control.data
        if one["MetricName"] == "TargetResponseTime" and len(one["Dimensions"]) == 1
    ]
    assert (counted, times) == ([2.0], [2.0])


async def test_what_route_53_is_told(world):
    await world.instance(0)
    spare = group(0, arn=GROUP_ARN + "2")
    world.control.say(group(1, check=FAST))
    await world.balancers.look()
    assert world.balancers.healthy() == {NAME: False}
    await world.until(lambda: world.states() == ["healthy"])
    assert world.balancers.healthy() == {NAME: True}
    shares = replace(
        HTTP.rules[0].action,
        groups=(*HTTP.rules[0].action.groups, replace(HTTP.rules[0].action.groups[0], group=spare.arn)),
    )
    both = replace(HTTP, rules=(replace(HTTP.rules[0], action=shares),))
    groups = {GROUP_ARN: group(1, check=FAST), spare.arn: spare}
    world.control.configuration = BalancerConfiguration(balancers=(balancer(both),), groups=groups)
    await world.balancers.look()
    assert world.balancers.healthy() == {NAME: False}, "an empty group takes the record out"


async def test_a_status_names_ports_and_targets(world):
    await world.instance(0)
    world.control.say(group(1, check=FAST))
    await world.balancers.look()
    await world.until(lambda: world.states() == ["healthy"])
    (told,) = world.balancers.status()
    assert (told["name"], told["ports"]) == ("web", world.balancers.doors.ports[NAME])
    assert told["targets"] == [
        {"group": "web", "id": "i-0", "port": 8080, "health": {"State": "healthy"}, "zone": "us-east-1a"}
    ]


async def test_what_is_gone_is_closed(world):
    world.control.say(group(0))
    await world.balancers.look()
    port = world.balancers.doors.ports[NAME][80]
    world.control.configuration = BalancerConfiguration()
    await world.balancers.look()
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection("127.0.0.1", port)
    assert world.control.health == {}
