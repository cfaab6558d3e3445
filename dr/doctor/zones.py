"""The name in DNS: the existing zone, and the delegation that a certificate waits for."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from dnslib import QTYPE, DNSError, DNSRecord

from dr.doctor.aws import Unanswered, must
from dr.doctor.checks import Check, Patient, Scope
from lib.settings.common import CommonSettings

RESOLVERS = Path("/etc/resolv.conf")
DNS_S = 5.0
DNS_PORT = 53


@dataclass(frozen=True, slots=True)
class Zone:
    """A public zone: how many of that name the account has, who should answer for it, and who does."""

    count: int
    own: frozenset[str]
    told: frozenset[str]


def asked_of_the_world(zone: str) -> frozenset[str]:
    """What this machine's resolver says. Raises Unanswered."""
    try:
        answer = DNSRecord.parse(DNSRecord.question(zone, "NS").send(_resolver(), DNS_PORT, timeout=DNS_S))
    except (OSError, DNSError, TimeoutError) as error:
        raise Unanswered(f"no resolver says who answers for {zone}: {error}") from error
    return frozenset(str(one.rdata).rstrip(".") for one in answer.rr if one.rtype == QTYPE.NS)


def _resolver() -> str:
    lines = [line.split() for line in RESOLVERS.read_text().splitlines()]
    servers = [words[1] for words in lines if len(words) > 1 and words[0] == "nameserver"]
    if not servers:
        raise OSError(f"{RESOLVERS} names no resolver")
    return servers[0]


def name_of(settings: CommonSettings) -> str:
    """The zone that the public name is written to."""
    return settings.dns.domain if settings.dns.zone == "existing" else settings.zone_name


def read(patient: Patient[CommonSettings]) -> Zone:
    """The zone as the account and, where it shall be delegated, the world know it."""
    name, dns = name_of(patient.settings), patient.settings.dns
    found = must(patient.aws("route53", patient.region, "list_hosted_zones_by_name", DNSName=name))
    zones = [
        one
        for one in found["HostedZones"]
        if one["Name"].rstrip(".") == name and not one["Config"]["PrivateZone"]
    ]
    if not (zones and dns.delegated):
        return Zone(len(zones), frozenset(), frozenset())
    details = must(patient.aws("route53", patient.region, "get_hosted_zone", Id=zones[0]["Id"]))
    own = frozenset(str(server).rstrip(".") for server in details["DelegationSet"]["NameServers"])
    return Zone(len(zones), own, asked_of_the_world(name))


def judge_existing(settings: CommonSettings, zone: Zone) -> Iterable[str]:
    """One public zone of the domain, where the settings expect it."""
    if settings.dns.zone == "existing" and zone.count != 1:
        yield f"the account has {zone.count} public zones {settings.dns.domain}, not one"


def judge_delegation(settings: CommonSettings, zone: Zone) -> Iterable[str]:
    """The world asks the zone's own name servers, or no certificate is ever issued."""
    if not settings.dns.delegated:
        return
    if not zone.count:
        yield f"dns.delegated = true, and there is no zone {name_of(settings)} yet to delegate to"
    elif not zone.told & zone.own:
        yield f"the world asks {', '.join(sorted(zone.told)) or 'nobody'}, not {', '.join(sorted(zone.own))}"


CHECKS = (
    Check(
        code="D60",
        asks="the zone that is said to exist does",
        settings=("dns.zone", "dns.domain"),
        fix='create the public zone of dns.domain, or set dns.zone = "own"',
        read=read,
        judge=judge_existing,
        scope=Scope.WHOLE,
    ),
    Check(
        code="D62",
        asks="the zone that is said to be delegated is",
        settings=("dns.delegated",),
        fix="deploy with dns.delegated = false, write the zone's NS record into its parent, then set true",
        read=read,
        judge=judge_delegation,
        scope=Scope.WHOLE,
    ),
)
