"""What a question is answered with: a pure function of configuration and health."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from localcloud.route53.records import Configuration, Record, Role, Service, Zone, dns_name
from localcloud.route53.rules import Health, choose, record_healthy

LOCAL_HOST = re.compile(
    r"([a-z0-9-]+\.(execute-api\.[a-z0-9-]+|[a-z0-9-]+\.elb|[a-z0-9-]+\.[a-z0-9-]+\.rds)"
    r"|s3-website[.-][a-z0-9-]+)\.amazonaws\.com"
)
"""Default endpoints of API Gateway, load balancers, databases and websites, all served on this machine."""
PORTS = {"http": 80, "https": 443, "http-alt": 8080, "postgresql": 5432}
"""As clients know them, by the service of a question for SRV."""
LOCAL_TTL_S = 60


class Code(StrEnum):
    """DNS response codes in use (RFC 1035, RFC 8482 for NOTIMP of ANY)."""

    NOERROR = "NOERROR"
    NXDOMAIN = "NXDOMAIN"
    NOTIMP = "NOTIMP"
    REFUSED = "REFUSED"


@dataclass(frozen=True, slots=True)
class Resource:
    """One resource record of an answer; `value` is in zone file notation, `ttl` in seconds."""

    name: str
    type: str
    ttl: int
    value: str


@dataclass(frozen=True, slots=True)
class Reply:
    """The response code and the sections of a response."""

    code: Code
    answers: tuple[Resource, ...] = ()
    authority: tuple[Resource, ...] = ()


@dataclass(frozen=True, slots=True)
class Present:
    """What a failover pair answers now."""

    target: str
    role: Role | None
    ttl: int


def reply(configuration: Configuration, health: Health, name: str, type_: str) -> Reply:
    """The response to one question.

    REFUSED for names outside every zone, NXDOMAIN for names a zone does not have, NOERROR without
    answers for names that lack only the type. A CNAME is followed as far as the names are ours.
    """
    name = dns_name(name)
    if type_ in {"ANY", "AXFR", "IXFR"}:
        return Reply(Code.NOTIMP)
    if answers := tuple(_chain(configuration, health, name, type_)):
        return Reply(Code.NOERROR, answers)
    zone = configuration.zone_of(name)
    if zone is None:
        return Reply(Code.NOERROR if LOCAL_HOST.fullmatch(name) else Code.REFUSED)
    code = Code.NOERROR if zone.exists(name) else Code.NXDOMAIN
    return Reply(code, authority=_resources(zone, health, zone.name, "SOA"))


def aws_name(configuration: Configuration, health: Health, name: str) -> str:
    """Where a name leads now, through aliases and CNAMEs: the last name of the chain."""
    seen: set[str] = set()
    name = dns_name(name)
    while name not in seen and (zone := configuration.zone_of(name)):
        seen.add(name)
        group = zone.group(name, "A") or zone.group(name, "CNAME")
        if not group:
            return name
        chosen = _chosen(zone, health, group)
        if chosen.alias is None and chosen.type != "CNAME":
            return name
        name = chosen.alias.target if chosen.alias else dns_name(chosen.values[0])
    return name


def located(
    configuration: Configuration, health: Health, services: Mapping[str, Service], name: str
) -> Reply | None:
    """The answer to a question for SRV of `_http._tcp.NAME` and its like in PORTS, where a service is.

    AWS answers none: it is how clients learn the port of this machine (RFC 2782).
    """
    found = re.fullmatch(r"_([\w-]+)\._tcp\.(.+)", dns_name(name))
    if found is None or found[1] not in PORTS:
        return None
    target = aws_name(configuration, health, found[2])
    asked = PORTS[found[1]]
    port = services[target].ports.get(asked) if target in services else None
    if port is None:
        return None
    answers = (
        Resource(dns_name(name), "SRV", LOCAL_TTL_S, f"0 0 {one} {target}.")
        for one in (port, *services[target].others.get(asked, ()))
    )
    return Reply(Code.NOERROR, tuple(answers))


def present(configuration: Configuration, health: Health) -> dict[tuple[str, str], Present]:
    """The present answer of every failover pair, by name and type."""
    return {
        (record.name, record.type): _present(zone, health, record)
        for zone in configuration.zones
        for record in zone.records
        if record.role is not None
    }


def _present(zone: Zone, health: Health, member: Record) -> Present:
    chosen = _chosen(zone, health, zone.group(member.name, member.type))
    target = chosen.alias.target if chosen.alias else " ".join(map(dns_name, chosen.values))
    return Present(target=target, role=chosen.role, ttl=chosen.ttl)


def _chain(configuration: Configuration, health: Health, name: str, type_: str) -> Iterator[Resource]:
    """Resources from `name` along its CNAMEs; a circle ends where it would repeat itself."""
    seen: set[str] = set()
    while name not in seen:
        seen.add(name)
        zone = configuration.zone_of(name)
        found = _resources(zone, health, name, type_) if zone else _local(name, type_)
        yield from found
        if type_ == "CNAME" or not found or found[0].type != "CNAME":
            return
        name = dns_name(found[0].value)


def _resources(zone: Zone, health: Health, name: str, type_: str) -> tuple[Resource, ...]:
    group = zone.group(name, type_) or zone.group(name, "CNAME")
    if not group:
        return ()
    chosen = _chosen(zone, health, group)
    if chosen.alias is None:
        return tuple(Resource(name, chosen.type, chosen.ttl, value) for value in chosen.values)
    # An alias answers under its own name with its target's values and TTL.
    target = chosen.alias.target
    found = _resources(zone, health, target, type_) if zone.holds(target) else _local(target, type_)
    return tuple(Resource(name, one.type, one.ttl, one.value) for one in found)


def _chosen(zone: Zone, health: Health, group: tuple[Record, ...]) -> Record:
    return choose(group, lambda record: record_healthy(record, zone, health))


def _local(name: str, type_: str) -> tuple[Resource, ...]:
    if type_ == "A" and LOCAL_HOST.fullmatch(name):
        return (Resource(name, "A", LOCAL_TTL_S, "127.0.0.1"),)
    return ()
