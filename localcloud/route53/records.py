"""Zones, records and health checks as values, in the vocabulary of the Route 53 API."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum


class UnsupportedError(ValueError):
    """The configuration holds something this data plane will not guess an answer for."""


class ControlPlaneError(Exception):
    """Route 53's API did not answer; what was read before stays in force."""


def dns_name(text: str) -> str:
    """A name in the one form used for comparing: lower case, no final dot."""
    return text.rstrip(".").lower()


class Role(StrEnum):
    """A failover record's place in its pair."""

    PRIMARY = "PRIMARY"
    SECONDARY = "SECONDARY"


@dataclass(frozen=True, slots=True, kw_only=True)
class Alias:
    """Another record of the same zone, or an AWS name, whose values are answered instead."""

    target: str
    evaluate_target_health: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One resource record set: simple, or one half of a failover pair.

    Attributes:
        ttl: Seconds; 0 for an alias, whose target brings its own.
        values: Values in zone file notation; empty for an alias.
    """

    name: str
    type: str
    ttl: int = 0
    values: tuple[str, ...] = ()
    alias: Alias | None = None
    role: Role | None = None
    health_check: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Zone:
    """A hosted zone. A private one is answered inside networks only."""

    name: str
    records: tuple[Record, ...]
    private: bool = False

    def holds(self, name: str) -> bool:
        """Whether `name` is the zone's own name or below it."""
        return name == self.name or name.endswith("." + self.name)

    def group(self, name: str, type_: str) -> tuple[Record, ...]:
        """The records Route 53 chooses between for one name and type; empty if there are none."""
        return tuple(r for r in self.records if (r.name, r.type) == (name, type_))

    def exists(self, name: str) -> bool:
        """Whether any record has this name or one below it (else the answer is NXDOMAIN)."""
        return any(r.name == name or r.name.endswith("." + name) for r in self.records)


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointCheck:
    """A check of type HTTP or HTTPS.

    Attributes:
        interval_s: Seconds from an answer to the same checker's next request: 10 or 30.
        failure_threshold: Consecutive results that turn one checker's opinion, in both directions.
        locations: AWS regions the checkers stand in.
    """

    id: str
    type: str
    fqdn: str
    port: int
    path: str
    interval_s: int = 30
    failure_threshold: int = 3
    locations: tuple[str, ...]
    inverted: bool = False
    disabled: bool = False

    @property
    def host_header(self) -> str:
        """The Host header: the port is named unless it is the protocol's own.

        Source: FullyQualifiedDomainName in
        https://docs.aws.amazon.com/Route53/latest/APIReference/API_HealthCheckConfig.html
        """
        usual = {"HTTP": 80, "HTTPS": 443}[self.type]
        return self.fqdn if self.port == usual else f"{self.fqdn}:{self.port}"


@dataclass(frozen=True, slots=True, kw_only=True)
class CalculatedCheck:
    """A check of type CALCULATED: healthy when at least `threshold` children are."""

    id: str
    children: tuple[str, ...]
    threshold: int
    inverted: bool = False
    disabled: bool = False


class AlarmState(StrEnum):
    """State of a CloudWatch alarm."""

    OK = "OK"
    ALARM = "ALARM"
    INSUFFICIENT_DATA = "INSUFFICIENT_DATA"


class WithoutData(StrEnum):
    """What an alarm's check says while the alarm has insufficient data."""

    HEALTHY = "Healthy"
    UNHEALTHY = "Unhealthy"
    LAST_KNOWN = "LastKnownStatus"


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmId:
    """A CloudWatch alarm: its region and name."""

    region: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmCheck:
    """A check of type CLOUDWATCH_METRIC."""

    id: str
    alarm: AlarmId
    without_data: WithoutData
    inverted: bool = False
    disabled: bool = False


HealthCheck = EndpointCheck | CalculatedCheck | AlarmCheck


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """What answers under an AWS name on this machine: a load balancer.

    Attributes:
        healthy: What aliases that evaluate their target take it for.
        ports: The port of 127.0.0.1 by the port that clients know.
        secure: The ports, as clients know them, that speak TLS.
        others: More ports of 127.0.0.1, where several answer under one name.
    """

    healthy: bool
    ports: Mapping[int, int]
    secure: frozenset[int] = frozenset()
    others: Mapping[int, tuple[int, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    """Everything the control plane says; `checks` lists children before their parents."""

    zones: tuple[Zone, ...] = ()
    checks: Mapping[str, HealthCheck] = field(default_factory=dict)

    @property
    def public(self) -> "Configuration":
        """The same as the world sees it."""
        return replace(self, zones=tuple(zone for zone in self.zones if not zone.private))

    def zone_of(self, name: str) -> Zone | None:
        """The closest enclosing zone of `name`, or None when none of them holds it."""
        holding = (zone for zone in self.zones if zone.holds(name))
        return max(holding, key=lambda zone: len(zone.name), default=None)
