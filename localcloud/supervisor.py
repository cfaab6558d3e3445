"""The process that is the local cloud: it starts every part, wires them, and ends them all."""

import asyncio
import json
import logging
import os
import secrets
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import boto3
from aiohttp import web

from lib.settings.two_regions import TwoRegionSettings
from lib.systems.load import load_settings
from localcloud.cloud import REPLICATION_DELAY_MS, LocalCloud
from localcloud.control import application
from localcloud.core import tls
from localcloud.core.link import Link
from localcloud.core.paths import CLOUD_FILE, LOGS, STATE
from localcloud.core.ports import free_ports
from localcloud.core.state import CloudState, RegionState
from localcloud.emulated_aws import EmulatedAws
from localcloud.fleet.assembly import fleet_of, load_balancers, services
from localcloud.fleet.balancer.plane import Balancers
from localcloud.issuer import Issuer
from localcloud.postgres.pair import PostgresPair
from localcloud.route53.plane import Route53Plane
from localcloud.route53.source import route53_source
from localcloud.route53.timeline import Change

ACCOUNT_ID = "123456789012"
STRONG_TABLES = ("lease", "journal", "arrivals", "approvals")

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
    settings = load_settings()
    regions = [region.name for region in settings.regions]
    LOGS.mkdir(parents=True, exist_ok=True)
    state = _plan(regions, folder)
    async with AsyncExitStack() as parts:
        pair, links = await _databases(parts, state, folder, writer=settings.primary.name)
        api_key = secrets.token_urlsafe(24)
        issuer = await _issuer(parts, state, settings, api_key)
        aws = EmulatedAws(_emulator_config(state, settings, issuer), folder)
        fleet = fleet_of(state, folder)
        balancers = load_balancers(state, fleet.book, time_scale=time_scale)
        plane = _route53(state, time_scale, balancers)
        loop, lost = asyncio.get_running_loop(), folder / "salvaged.jsonl"
        cloud = LocalCloud(settings, state, pair, aws, links, plane, issuer, loop, lost, fleet, balancers)
        await _serve_control(parts, cloud)
        parts.callback(aws.stop)
        aws.start()
        _seed_secrets(settings, state, secrets.token_urlsafe(24), pair.ca_pem, api_key)
        await balancers.start()
        parts.push_async_callback(balancers.stop)
        await plane.start()
        parts.push_async_callback(plane.stop)
        fleet.start()
        parts.push_async_callback(fleet.stop)
        yield cloud


def _plan(regions: list[str], folder: Path) -> CloudState:
    ports = iter(free_ports(4 + 5 * len(regions)))
    control, operator, dns, issuer = (next(ports) for _ in range(4))
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
                database_port=next(ports),
                link_port=next(ports),
                peer_port=next(ports),
            )
            for region in regions
        },
        dns_port=dns,
        calls_log=folder / "logs" / "calls.jsonl",
        issuer=f"https://127.0.0.1:{issuer}",
        issuer_ca=folder / "issuer" / "authority.pem",
        balancer_ca=folder / "balancers" / "authority.pem",
    )


async def _databases(
    parts: AsyncExitStack, state: CloudState, folder: Path, *, writer: str
) -> tuple[PostgresPair, dict[str, Link]]:
    pair = PostgresPair(
        folder,
        ports={name: region.database_port for name, region in state.regions.items()},
        link_ports={name: region.link_port for name, region in state.regions.items()},
    )
    parts.push_async_callback(asyncio.to_thread, pair.stop)
    links = {}
    for name, region in state.regions.items():
        links[name] = Link(pair.socket(name))
        await links[name].start(region.link_port)
        parts.push_async_callback(links[name].stop)
    await asyncio.to_thread(pair.start, writer)
    for link in links.values():
        link.delay_ms = REPLICATION_DELAY_MS
    return pair, links


async def _issuer(
    parts: AsyncExitStack, state: CloudState, settings: TwoRegionSettings, api_key: str
) -> Issuer:
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
        clients={(asked and asked.client_id) or settings.system: api_key},
    )
    await issuer.start()
    parts.push_async_callback(issuer.stop)
    return issuer


def _emulator_config(state: CloudState, settings: TwoRegionSettings, issuer: Issuer) -> dict[str, Any]:
    regions = state.regions.items()
    return {
        "operator_port": _port(state.operator_endpoint),
        "region_ports": {name: _port(region.endpoint) for name, region in regions},
        "front_doors": {name: _port(region.front_door) for name, region in regions},
        "peer_doors": {name: region.peer_port for name, region in regions},
        "databases": {name: {"host": "127.0.0.1", "port": region.database_port} for name, region in regions},
        "hook_url": f"{state.control}/hooks",
        "token": state.token,
        "account_id": state.account_id,
        "access_key_id": state.access_key_id,
        "secret_access_key": state.secret_access_key,
        "calls_log": str(state.calls_log),
        "strong_tables": [settings.name(table) for table in STRONG_TABLES],
        "witness": settings.witness,
        "primary_control_region": "us-east-1",
        "issuer_ca": issuer.certificate.ca_pem,
    }


def _route53(state: CloudState, time_scale: float, balancers: Balancers) -> Route53Plane:
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
        services=lambda: services(balancers),
    )


def _log_change(change: Change) -> None:
    log.info("dns: %s %s: %s -> %s", change.kind, change.subject, change.before, change.after)


async def _serve_control(parts: AsyncExitStack, cloud: LocalCloud) -> None:
    runner = web.AppRunner(application(cloud, cloud.state.token), access_log=None)
    await runner.setup()
    parts.push_async_callback(runner.cleanup)
    await web.TCPSite(runner, "127.0.0.1", _port(cloud.state.control)).start()


def _seed_secrets(
    settings: TwoRegionSettings, state: CloudState, password: str, ca: str, api_key: str
) -> None:
    """What the organisation has before the first deploy: its secrets, in both regions."""
    database = json.dumps({"username": settings.database.username, "password": password, "ca": ca})
    values = {settings.database.secret: database}
    if settings.api:
        values[settings.api.key_secret] = api_key
    for region in state.regions:
        client = boto3.client(
            "secretsmanager",
            region_name=region,
            endpoint_url=state.operator_endpoint,
            aws_access_key_id=state.access_key_id,
            aws_secret_access_key=state.secret_access_key,
        )
        for name, value in values.items():
            client.create_secret(Name=name, SecretString=value)


def _port(url: str) -> int:
    return int(url.rpartition(":")[2])
