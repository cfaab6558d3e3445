"""The process that is the local cloud: it starts every part, wires them, and ends them all."""

import asyncio
import logging
import os
import secrets
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from pathlib import Path

from aiohttp import web

from localcloud.cloud import LocalCloud
from localcloud.control import application
from localcloud.core.paths import CLOUD, CLOUD_FILE, LOGS
from localcloud.emulated_aws import EmulatedAws
from localcloud.fleet.assembly import fleet_of, load_balancers, services, ways_between
from localcloud.parts import client, databases, emulator_config, issuer_of, plan, port, route53, websites
from localcloud.service_metrics import ServiceMetrics
from localcloud.systems.registry import local_system
from localcloud.systems.system import Given

log = logging.getLogger("localcloud")


async def serve_until_stopped(*, attached: bool, time_scale: float) -> None:
    """Run a local cloud until SIGTERM, SIGINT or, when *attached*, the end of standard input."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(message)s")
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    if attached:
        loop.add_reader(sys.stdin, _stop_at_end_of_input, stopped)
    async with running(time_scale=time_scale) as cloud:
        cloud.state.save()
        log.info("the local cloud is up")
        try:
            await stopped.wait()
        finally:
            log.info("stopping")
    CLOUD_FILE.unlink(missing_ok=True)


def _stop_at_end_of_input(stopped: asyncio.Event) -> None:
    if not os.read(sys.stdin.fileno(), 1024):
        asyncio.get_running_loop().remove_reader(sys.stdin)
        stopped.set()


@asynccontextmanager
async def running(*, time_scale: float = 1.0, folder: Path = CLOUD) -> AsyncIterator[LocalCloud]:
    """A local cloud with its organisation's secrets seeded and nothing deployed; it ends with the block."""
    system = local_system()
    LOGS.mkdir(parents=True, exist_ok=True)
    state = plan(system, folder)
    async with AsyncExitStack() as parts:
        pair, links = await databases(parts, state, folder, system)
        issuer = await issuer_of(parts, state, system.settings)
        aws = EmulatedAws(emulator_config(state, system, issuer), folder)
        fleet = fleet_of(state, folder)
        balancers = load_balancers(state, fleet.book, time_scale=time_scale)
        plane = route53(state, time_scale, lambda: services(balancers, fleet.tasks.services()), pair, system)
        loop, lost = asyncio.get_running_loop(), folder / "salvaged.jsonl"
        ways = ways_between(state, balancers)
        cloud = LocalCloud(system, state, pair, aws, links, plane, issuer, loop, lost, fleet, balancers, ways)
        await _serve_control(parts, cloud)
        parts.callback(aws.stop)
        aws.start()
        given = Given(
            password=secrets.token_urlsafe(24),
            database_ca=pair.ca_pem,
            key=state.user_password,
        )
        system.seed(partial(client, state), given)
        await websites(parts, state, system)
        await balancers.start()
        parts.push_async_callback(balancers.stop)
        for region, way in ways.items():
            await way.start(state.regions[region].way_out)
            parts.push_async_callback(way.stop)
        await plane.start()
        parts.push_async_callback(plane.stop)
        metrics = ServiceMetrics(
            system=system, clients=partial(client, state), servers=pair, health=plane.status
        )
        metrics.start()
        parts.push_async_callback(metrics.stop)
        fleet.start()
        parts.push_async_callback(fleet.stop)
        yield cloud


async def _serve_control(parts: AsyncExitStack, cloud: LocalCloud) -> None:
    runner = web.AppRunner(application(cloud, cloud.state.token), access_log=None)
    await runner.setup()
    parts.push_async_callback(runner.cleanup)
    await web.TCPSite(runner, "127.0.0.1", port(cloud.state.control)).start()
