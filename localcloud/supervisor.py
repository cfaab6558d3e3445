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
from typing import Any

import boto3
from aiohttp import web

from lib.settings.common import CommonSettings
from localcloud.cloud import REPLICATION_DELAY_MS, LocalCloud
from localcloud.control import application
from localcloud.core import tls
from localcloud.core.link import Link
from localcloud.core.paths import CLOUD_FILE, LOGS, STATE
from localcloud.core.ports import free_ports
from localcloud.core.state import CloudState, DatabaseState, RegionState
from localcloud.emulated_aws import EmulatedAws
from localcloud.emulator.database_names import PORT
from localcloud.fleet.assembly import fleet_of, load_balancers, services
from localcloud.fleet.balancer.plane import Balancers
from localcloud.issuer import Issuer
from localcloud.postgres.pair import PostgresPair
from localcloud.route53.plane import Route53Plane
from localcloud.route53.records import Service
from localcloud.route53.source import route53_source
from localcloud.route53.timeline import Change
from localcloud.systems.registry import local_system
from localcloud.systems.system import Given, LocalSystem

ACCOUNT_ID = "123456789012"

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
async def running(*, time_scale: float = 1.0, folder: Path = STATE) -> AsyncIterator[LocalCloud]:
    """A local cloud with its organisation's secrets seeded and nothing deployed; it ends with the block."""
    system = local_system()
    LOGS.mkdir(parents=True, exist_ok=True)
    state = _plan(system, folder)
    async with AsyncExitStack() as parts:
        pair, links = await _databases(parts, state, folder, system)
        issuer = await _issuer(parts, state, system.settings)
        aws = EmulatedAws(_emulator_config(state, system, issuer), folder)
        fleet = fleet_of(state, folder)
        balancers = load_balancers(state, fleet.book, time_scale=time_scale)
        plane = _route53(state, time_scale, balancers, system)
        loop, lost = asyncio.get_running_loop(), folder / "salvaged.jsonl"
        cloud = LocalCloud(system, state, pair, aws, links, plane, issuer, loop, lost, fleet, balancers)
        await _serve_control(parts, cloud)
        parts.callback(aws.stop)
        aws.start()
        given = Given(secrets.token_urlsafe(24), pair.ca_pem, state.user_password)
        system.seed(partial(_client, state), given)
        await balancers.start()
        parts.push_async_callback(balancers.stop)
        await plane.start()
        parts.push_async_callback(plane.stop)
        fleet.start()
        parts.push_async_callback(fleet.stop)
        yield cloud


def _plan(system: LocalSystem, folder: Path) -> CloudState:
    ports = iter(free_ports(5 + 3 * len(system.regions) + 2 * len(system.databases)))
    control, operator, dns, inner_dns, issuer = (next(ports) for _ in range(5))
    return CloudState(
        pid=os.getpid(),
        control=f"http://127.0.0.1:{control}",
        token=secrets.token_urlsafe(24),
        operator_endpoint=f"http://127.0.0.1:{operator}",
        account_id=ACCOUNT_ID,
        access_key_id="AKIA" + secrets.token_hex(8).upper(),
        secret_access_key=secrets.token_urlsafe(30),
        regions={
            region: RegionState(
                endpoint=f"http://127.0.0.1:{next(ports)}",
                front_door=f"http://127.0.0.1:{next(ports)}",
                peer_port=next(ports),
            )
            for region in system.regions
        },
        databases={name: DatabaseState(port=next(ports), link_port=next(ports)) for name in system.databases},
        system=system.settings.system,
        user_password=secrets.token_urlsafe(24),
        dns_port=dns,
        inner_dns_port=inner_dns,
        calls_log=folder / "logs" / "calls.jsonl",
        issuer=f"https://127.0.0.1:{issuer}",
        issuer_ca=folder / "issuer" / "authority.pem",
        balancer_ca=folder / "balancers" / "authority.pem",
    )


async def _databases(
    parts: AsyncExitStack, state: CloudState, folder: Path, system: LocalSystem
) -> tuple[PostgresPair, dict[str, Link]]:
    pair = PostgresPair(
        folder,
        ports={name: database.port for name, database in state.databases.items()},
        link_ports={name: database.link_port for name, database in state.databases.items()},
        names=system.certified,
    )
    parts.push_async_callback(asyncio.to_thread, pair.stop)
    links = {}
    for name, database in state.databases.items():
        links[name] = Link(pair.socket(name))
        await links[name].start(database.link_port)
        parts.push_async_callback(links[name].stop)
    await asyncio.to_thread(pair.start, next(iter(system.databases)))
    for link in links.values():
        link.delay_ms = REPLICATION_DELAY_MS
    return pair, links


async def _issuer(parts: AsyncExitStack, state: CloudState, settings: CommonSettings) -> Issuer:
    """The organisation's issuer of access tokens, which knows one client: the system's own."""
    certificate = tls.issue(state.issuer_ca.parent)
    state.issuer_ca.write_text(certificate.ca_pem)
    asked = settings.api.authorization if settings.api else None
    issuer = Issuer(
        port=_port(state.issuer),
        certificate=certificate,
        audience=next(iter(asked.audience if asked else ()), settings.system),
        scopes=frozenset(scope for scope in (asked.pay_scope, asked.read_scope) if scope)
        if asked
        else frozenset(),
        clients={(asked and asked.client_id) or settings.system: state.user_password},
    )
    await issuer.start()
    parts.push_async_callback(issuer.stop)
    return issuer


def _emulator_config(state: CloudState, system: LocalSystem, issuer: Issuer) -> dict[str, Any]:
    regions = state.regions.items()
    return {
        "operator_port": _port(state.operator_endpoint),
        "region_ports": {name: _port(region.endpoint) for name, region in regions},
        "front_doors": {name: _port(region.front_door) for name, region in regions},
        "peer_doors": {name: region.peer_port for name, region in regions},
        "databases": {
            name: {"host": "127.0.0.1", "port": database.port}
            for name, database in state.databases.items()
            if name in state.regions
        },
        "hook_url": f"{state.control}/hooks",
        "token": state.token,
        "account_id": state.account_id,
        "access_key_id": state.access_key_id,
        "secret_access_key": state.secret_access_key,
        "calls_log": str(state.calls_log),
        "strong_tables": list(system.strong_tables),
        "witness": system.witness,
        "primary_control_region": "us-east-1",
        "issuer_ca": issuer.certificate.ca_pem,
    }


def _route53(state: CloudState, time_scale: float, balancers: Balancers, system: LocalSystem) -> Route53Plane:
    databases = {
        name: Service(healthy=True, ports={PORT: database.port})
        for name, database in zip(system.certified, state.databases.values(), strict=False)
    }
    doors = {name: _port(region.front_door) for name, region in state.regions.items()}

    def locate(fqdn: str) -> tuple[str, int]:
        for region, port in doors.items():
            if f".{region}." in fqdn:
                return "127.0.0.1", port
        raise LookupError(f"{fqdn} is in no region of this cloud")

    return Route53Plane(
        route53_source(state.operator_endpoint, state.access_key_id, state.secret_access_key),
        locate,
        state.dns_port,
        time_scale=time_scale,
        on_change=_log_change,
        services=lambda: {**databases, **services(balancers)},
        inner_dns_port=state.inner_dns_port,
    )


def _log_change(change: Change) -> None:
    log.info("dns: %s %s: %s -> %s", change.kind, change.subject, change.before, change.after)


async def _serve_control(parts: AsyncExitStack, cloud: LocalCloud) -> None:
    runner = web.AppRunner(application(cloud, cloud.state.token), access_log=None)
    await runner.setup()
    parts.push_async_callback(runner.cleanup)
    await web.TCPSite(runner, "127.0.0.1", _port(cloud.state.control)).start()


def _client(state: CloudState, service: str, region: str) -> Any:
    made: Any = boto3.client  # of any service, which its stubs do not foresee
    return made(
        service,
        region_name=region,
        endpoint_url=state.operator_endpoint,
        aws_access_key_id=state.access_key_id,
        aws_secret_access_key=state.secret_access_key,
    )


def _port(url: str) -> int:
    return int(url.rpartition(":")[2])
