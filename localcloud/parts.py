"""The parts of a local cloud, made from its plan: addresses, keys, databases, DNS, the emulator."""

import asyncio
import logging
import os
import secrets
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import boto3

from lib.settings.common import CommonSettings
from lib.settings.data import Engine
from localcloud.core import tls
from localcloud.core.database_pair import DatabasePair
from localcloud.core.link import Link
from localcloud.core.ports import free_ports
from localcloud.core.state import ACCOUNT_ID, CloudState, DatabaseState, RegionState
from localcloud.emulator.database_names import PORT
from localcloud.issuer import Issuer
from localcloud.mysql import programs
from localcloud.mysql.pair import MySQLPair
from localcloud.postgres.pair import PostgresPair
from localcloud.route53.plane import Route53Plane
from localcloud.route53.records import Service
from localcloud.route53.source import route53_source
from localcloud.route53.timeline import Change
from localcloud.systems.system import LocalSystem
from localcloud.website import Websites, domain

log = logging.getLogger("localcloud")
Pair = DatabasePair[Any]
Serving = Callable[[], Mapping[str, Service]]
"""By AWS name what answers under it."""


def plan(system: LocalSystem, folder: Path) -> CloudState:
    """Addresses and keys of a new cloud."""
    pair = len(system.regions) > 1
    ports = iter(free_ports(6 + 4 * len(system.regions) + 2 * len(system.databases)))
    control, operator, dns, inner_dns, issuer, websites = (next(ports) for _ in range(6))
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
                peer_port=next(ports) if pair else 0,
                way_out=next(ports) if pair else 0,
            )
            for region in system.regions
        },
        databases={name: DatabaseState(port=next(ports), link_port=next(ports)) for name in system.databases},
        system=system.settings.system,
        user_password=secrets.token_urlsafe(24),
        dns_port=dns,
        inner_dns_port=inner_dns,
        websites_port=websites,
        calls_log=folder / "logs" / "calls.jsonl",
        issuer=f"https://127.0.0.1:{issuer}",
        issuer_ca=folder / "issuer" / "authority.pem",
        balancer_ca=folder / "balancers" / "authority.pem",
    )


async def databases(
    parts: AsyncExitStack, state: CloudState, folder: Path, system: LocalSystem
) -> tuple[Pair, dict[str, Link]]:
    """Both servers, running, and the links between them; they end with *parts*."""
    pair = await asyncio.to_thread(pair_of, state, folder, system)
    parts.push_async_callback(asyncio.to_thread, pair.stop)
    links = {}
    for name, database in state.databases.items():
        links[name] = Link(pair.target(name))
        await links[name].start(database.link_port)
        parts.push_async_callback(links[name].stop)
    await asyncio.to_thread(pair.start, next(iter(system.databases)))
    for link in links.values():
        link.delay_ms = system.replication_delay_ms
    return pair, links


def pair_of(state: CloudState, folder: Path, system: LocalSystem) -> Pair:
    """Servers of the system's engine. Raises MissingTool; programs of MySQL are fetched at the first time."""
    ports = {name: database.port for name, database in state.databases.items()}
    links = {name: database.link_port for name, database in state.databases.items()}
    if system.database.engine == Engine.MYSQL:
        return MySQLPair(folder, programs.find(), ports=ports, link_ports=links, names=system.certified)
    return PostgresPair(folder, ports=ports, link_ports=links, names=system.certified)


async def issuer_of(parts: AsyncExitStack, state: CloudState, settings: CommonSettings) -> Issuer:
    """The organisation's issuer of access tokens, which knows one client: the system's own."""
    certificate = tls.issue(state.issuer_ca.parent)
    state.issuer_ca.write_text(certificate.ca_pem)
    asked = settings.api.authorization if settings.api else None
    issuer = Issuer(
        port=port(state.issuer),
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


def emulator_config(state: CloudState, system: LocalSystem, issuer: Issuer) -> dict[str, Any]:
    """What `localcloud/emulator/config.py` reads."""
    regions = state.regions.items()
    return {
        "operator_port": port(state.operator_endpoint),
        "region_ports": {name: port(region.endpoint) for name, region in regions},
        "front_doors": {name: port(region.front_door) for name, region in regions},
        "peer_doors": {name: region.peer_port for name, region in regions if region.peer_port},
        "dns_port": state.inner_dns_port,
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


def route53(
    state: CloudState, time_scale: float, serving: Serving, pair: Pair, system: LocalSystem
) -> Route53Plane:
    """DNS and health checks over what is served on this machine."""
    served = {}
    if system.websites:
        served[domain(system.websites)] = Service(healthy=True, ports={80: state.websites_port})
    doors = {name: port(region.front_door) for name, region in state.regions.items()}

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
        services=lambda: {**served, **serving(), **_databases(state, pair, system)},
        inner_dns_port=state.inner_dns_port,
    )


def _databases(state: CloudState, pair: Pair, system: LocalSystem) -> dict[str, Service]:
    """By name the server that clients reach under it now."""
    if not pair.started:
        return {}
    led = system.led_to(pair.writer, [name for name in state.databases if pair.running(name)])
    return {
        name: Service(healthy=True, ports={PORT: state.databases[server].port})
        for name, server in led.items()
    }


async def websites(parts: AsyncExitStack, state: CloudState, system: LocalSystem) -> None:
    """The pages of the region that has some, which need nothing of another one."""
    if system.websites:
        inside = state.model_copy(update={"operator_endpoint": state.regions[system.websites].endpoint})
        sites = Websites(state.websites_port, client(inside, "s3", system.websites))
        await sites.start()
        parts.push_async_callback(sites.stop)


def _log_change(change: Change) -> None:
    log.info("dns: %s %s: %s -> %s", change.kind, change.subject, change.before, change.after)


def client(state: CloudState, service: str, region: str) -> Any:
    """A client of the emulated AWS, outside all regions."""
    made: Any = boto3.client  # of any service, which its stubs do not foresee
    return made(
        service,
        region_name=region,
        endpoint_url=state.operator_endpoint,
        aws_access_key_id=state.access_key_id,
        aws_secret_access_key=state.secret_access_key,
    )


def port(url: str) -> int:
    """The port that an URL ends with."""
    return int(url.rpartition(":")[2])
