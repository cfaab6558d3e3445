import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Mapping

import pytest

from localcloud.route53 import parsing
from localcloud.route53.plane import Route53Plane
from localcloud.route53.records import AlarmId, AlarmState, Configuration
from localcloud.route53.timeline import Change


def source_of(configuration: Configuration) -> Callable[[], Awaitable[Configuration]]:
    async def source() -> Configuration:
        return configuration

    return source


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not condition():  # noqa: ASYNC110 - a test may wait for what has no event
            await asyncio.sleep(0.01)


async def test_a_failing_listener_stops_the_checkers_and_is_told(
    free_port: int, configuration: Configuration, caplog: pytest.LogCaptureFixture
):
    def fail(change: Change) -> None:
        if change.after == "unhealthy":
            raise RuntimeError("the timeline is full")

    plane = Route53Plane(source_of(configuration), nowhere, free_port, time_scale=1000, on_change=fail)
    with caplog.at_level(logging.CRITICAL):
        await plane.start()
        await until(lambda: not plane.status()["running"])
    await plane.stop()
    assert "the Route 53 data plane stopped" in caplog.text


async def test_a_plane_that_could_not_start_can_be_stopped(free_port: int, configuration: Configuration):
    first, second = (Route53Plane(source_of(configuration), nowhere, free_port) for _ in range(2))
    await first.start()
    with pytest.raises(OSError, match="already in use"):
        await second.start()
    await second.stop()
    assert (first.status()["running"], second.status()["running"]) == (True, False)
    await first.stop()


async def test_an_alarm_moves_its_health_check(free_port: int):
    force = AlarmId(region="us-west-2", name="force-failover")
    shape = {"Region": force.region, "Name": force.name}
    config = {"Type": "CLOUDWATCH_METRIC", "AlarmIdentifier": shape}
    configuration = parsing.configuration([], [{"Id": "force", "HealthCheckConfig": config}])
    states: dict[AlarmId, AlarmState] = {}

    async def alarms(wanted: Collection[AlarmId]) -> Mapping[AlarmId, AlarmState]:
        assert set(wanted) == {force}
        return states

    plane = Route53Plane(source_of(configuration), nowhere, free_port, alarms=alarms, pull_every_s=0.01)
    await plane.start()
    assert plane.status()["checks"][0]["healthy"]
    states[force] = AlarmState.ALARM
    await until(lambda: not plane.status()["checks"][0]["healthy"])
    await plane.stop()


def nowhere(fqdn: str) -> tuple[str, int]:
    raise LookupError(fqdn)
