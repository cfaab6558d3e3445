import asyncio
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field, replace

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from localcloud.route53 import parsing
from localcloud.route53.plane import Route53Plane
from localcloud.route53.records import (
    Configuration,
    ControlPlaneError,
    EndpointCheck,
    UnsupportedError,
)
from localcloud.route53.resolver import DnsAnswer, NoAnswerError, Resolver
from localcloud.route53.timeline import Change

API = "api.payments.example"
EAST = "aaa.execute-api.us-east-1.amazonaws.com"
WEST = "bbb.execute-api.us-west-2.amazonaws.com"
FAST = 200.0


@dataclass
class FrontDoor:
    """Both regions' front door: what it answers, and the requests it saw."""

    status: dict[str, int]
    seen: list[tuple[str, str]] = field(default_factory=list)

    async def handle(self, request: web.Request) -> web.Response:
        self.seen.append((request.host, request.path))
        return web.Response(status=self.status[request.host])


@dataclass
class ControlPlane:
    """A source that can be told to fail."""

    configuration: Configuration
    error: Exception | None = None

    async def __call__(self) -> Configuration:
        if self.error:
            raise self.error
        return self.configuration


@dataclass
class Cloud:
    plane: Route53Plane
    door: FrontDoor
    control: ControlPlane
    resolver: Resolver
    changes: list[Change]


@pytest.fixture
async def cloud(free_port: int, payments_configuration: Callable[..., Configuration]) -> AsyncIterator[Cloud]:
    door = FrontDoor({EAST: 200, WEST: 200})
    app = web.Application()
    app.router.add_get("/{path:.*}", door.handle)
    server = TestServer(app, host="127.0.0.1")
    await server.start_server()
    changes: list[Change] = []
    control = ControlPlane(payments_configuration(interval=10))
    plane = Route53Plane(
        control,
        lambda fqdn: {EAST: ("127.0.0.1", server.port or 0), WEST: ("127.0.0.1", server.port or 0)}[fqdn],
        free_port,
        time_scale=FAST,
        on_change=changes.append,
        pull_every_s=0.02,
    )
    await plane.start()
    yield Cloud(plane, door, control, Resolver("127.0.0.1", free_port), changes)
    await plane.stop()
    await server.close()


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not condition():  # noqa: ASYNC110 - a test may wait for what has no event
            await asyncio.sleep(0.01)


def answered(cloud: Cloud) -> str:
    return cloud.plane.status()["failover"][0]["answer"]


async def test_dns_leaves_the_unready_primary_and_returns(cloud: Cloud):
    assert await cloud.resolver.resolve(API) == DnsAnswer(EAST, 60)
    cloud.door.status[EAST] = 503
    await until(lambda: answered(cloud) == WEST)
    assert (await cloud.resolver.resolve(API)).target == WEST
    cloud.door.status[EAST] = 200
    await until(lambda: answered(cloud) == EAST)
    assert (await cloud.resolver.resolve(API)).target == EAST
    story = [(c.kind, c.subject, c.after) for c in cloud.changes if c.before]
    assert story == [
        ("health", "ready-east", "unhealthy"),
        ("answer", API, WEST),
        ("health", "ready-east", "healthy"),
        ("answer", API, EAST),
    ]
    assert [c.at for c in cloud.changes] == sorted(c.at for c in cloud.changes)


async def test_with_both_unhealthy_the_primary_answers(cloud: Cloud):
    cloud.door.status.update({EAST: 503, WEST: 500})
    await until(lambda: not any(c["healthy"] for c in cloud.plane.status()["checks"]))
    assert answered(cloud) == EAST


async def test_checkers_ask_the_path_with_the_public_name(cloud: Cloud):
    await until(lambda: len(set(cloud.door.seen)) == 2)
    assert set(cloud.door.seen) == {(EAST, "/health/ready"), (WEST, "/health/live")}


async def test_a_lost_control_plane_changes_nothing_for_those_who_ask(cloud: Cloud):
    cloud.control.error = ControlPlaneError("connection aborted")
    await until(lambda: cloud.plane.status()["control_plane"] == "connection aborted")
    assert (await cloud.resolver.resolve(API)).target == EAST
    cloud.door.status[EAST] = 503  # and health goes on to be watched
    await until(lambda: answered(cloud) == WEST)
    cloud.control.error = None
    await until(lambda: cloud.plane.status()["control_plane"] == "available")
    told = [(c.before, c.after) for c in cloud.changes if c.kind == "control-plane"]
    assert told == [
        ("", "available"),
        ("available", "connection aborted"),
        ("connection aborted", "available"),
    ]


async def test_an_unsupported_change_is_refused_and_the_last_configuration_stays(cloud: Cloud):
    cloud.control.error = UnsupportedError("record a A has routing policy Weight")
    await until(lambda: "Weight" in cloud.plane.status()["control_plane"])
    assert (await cloud.resolver.resolve(API)).target == EAST


async def test_a_changed_check_is_asked_as_changed(cloud: Cloud):
    checks = dict(cloud.control.configuration.checks)
    ready = checks["ready-east"]
    assert isinstance(ready, EndpointCheck)
    checks["ready-east"] = replace(ready, path="/other")
    cloud.control.configuration = replace(cloud.control.configuration, checks=checks)
    await until(lambda: (EAST, "/other") in cloud.door.seen)


async def test_a_removed_configuration_stops_the_questions(cloud: Cloud):
    await until(lambda: bool(cloud.door.seen))
    cloud.control.configuration = Configuration()
    await until(lambda: not cloud.plane.status()["checks"])
    await asyncio.sleep(0.1)
    cloud.door.seen.clear()
    await asyncio.sleep(0.2)
    assert cloud.door.seen == []
    with pytest.raises(NoAnswerError, match="REFUSED"):
        await cloud.resolver.resolve(API)


async def test_status_is_json_and_counts_opinions(cloud: Cloud):
    await until(lambda: cloud.plane.status()["checks"][0]["last_results"].keys() == {"HTTP status code 200"})
    status = json.loads(json.dumps(cloud.plane.status()))
    assert status["running"]
    assert status["failover"] == [
        {"name": API, "type": "CNAME", "answer": EAST, "role": "PRIMARY", "ttl": 60}
    ]
    check = next(c for c in status["checks"] if c["id"] == "ready-east")
    assert check["asks"] == f"HTTPS {EAST}/health/ready"
    assert (check["healthy"], check["healthy_checkers"], check["checkers"]) == (True, 16, 16)
    assert check["healthy_by_location"] == dict.fromkeys(parsing.CHECKER_LOCATIONS, 2)
