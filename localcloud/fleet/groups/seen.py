"""What other services say of a group's instances."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Ec2(StrEnum):
    """What EC2 says of an instance: its state, and IMPAIRED for one that fails a status check."""

    PENDING = "pending"
    RUNNING = "running"
    IMPAIRED = "impaired"
    STOPPED = "stopped"
    TERMINATED = "terminated"


@dataclass(frozen=True, slots=True)
class Tracking:
    """A target tracking policy, its two alarms and the last value of its metric."""

    name: str
    target: float
    value: float | None = None
    """None without data."""
    high: bool = False
    """The alarm that scales out is in ALARM."""
    low: bool = False
    scale_in: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What other services say now."""

    ec2: Mapping[str, Ec2] = field(default_factory=dict)
    """By instance; one that is missing does not exist any more."""
    targets: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """State of each registered target: by target group, then by instance."""
    told_unhealthy: frozenset[str] = frozenset()
    """Instances that SetInstanceHealth called unhealthy."""
    condemned: frozenset[str] = frozenset()
    """Instances that were ordered to go, whatever the grace period."""
    hook_results: Mapping[tuple[str, str], str] = field(default_factory=dict)
    """CONTINUE or ABANDON, by instance and hook."""
    heartbeats: Mapping[tuple[str, str], float] = field(default_factory=dict)
    """Last heartbeat that was recorded, by instance and hook."""
    alarms: frozenset[str] = frozenset()
    """Names of alarms that are in ALARM."""
    trackings: tuple[Tracking, ...] = ()
