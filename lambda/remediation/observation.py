"""What is known when something is decided. None is always: it could not be seen."""

from dataclasses import dataclass
from enum import StrEnum

from remediation.rules import Rule


class Symptom(StrEnum):
    """What an alarm says; the middle of its name, `webapp-SYMPTOM-use1-dev`."""

    UNHEALTHY_TARGETS = "unhealthy-targets"
    SATURATED = "saturated"
    WRITER_UNREACHABLE = "writer-unreachable"
    REPLICA_UNREACHABLE = "replica-unreachable"


class Mode(StrEnum):
    """What an operator allows; the parameter `remediation/mode`."""

    ON = "on"
    DRY_RUN = "dry-run"
    """Decide and tell, and touch nothing."""
    OFF = "off"


class Missing(StrEnum):
    """A database that AWS says is not there."""

    GONE = "gone"


@dataclass(frozen=True, slots=True, kw_only=True)
class Instance:
    """One instance of the group."""

    id: str
    in_service: bool
    healthy: bool | None = None
    """By the load balancer."""
    impaired: bool | None = None
    """By the status checks of EC2."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """The Auto Scaling group."""

    name: str
    desired: int
    maximum: int
    instances: tuple[Instance, ...]
    launches_fail: bool
    """Whether the newest attempt to launch an instance failed."""

    @property
    def serving(self) -> tuple[Instance, ...]:
        """The instances that should serve."""
        return tuple(one for one in self.instances if one.in_service)


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseSeen:
    """A database instance as RDS describes it."""

    id: str
    status: str
    host: str
    """Empty while it has none."""
    multi_az: bool = False
    source: str = ""
    """What it is a replica of; empty for a database of its own."""

    @property
    def available(self) -> bool:
        """Whether RDS says that it works. A backup or a storage optimization under way changes nothing."""
        return self.status in {"available", "backing-up", "storage-optimization"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """Everything that a decision may rest on. Moments in milliseconds since 1970."""

    at_ms: int
    symptom: Symptom | None
    """None for an alarm of another name."""
    alarm: str
    ringing: bool | None
    rings_since_ms: int | None
    mode: Mode | None
    group: Group | None = None
    primary: DatabaseSeen | Missing | None = None
    replica: DatabaseSeen | Missing | None = None
    lag_s: float | None = None
    writer_name: str = ""
    """The private name of the writer."""
    points_at: str | None = None
    """The host that the name leads to."""
    done: tuple[tuple[str, Rule], ...] = ()
    """What was done to which resource within the last hour."""
