"""What a drill is: a given, a fault, and what must be true afterwards."""

from dataclasses import dataclass
from enum import StrEnum


class FaultKind(StrEnum):
    """What is done to the system."""

    KILL_PRIMARY = "kill-primary"
    """Every process of the primary region gets SIGKILL, and the region is cut off from all others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """The state that a scenario starts from: primary ready, DNS names it, load answered."""

    within_s: float = 90.0
    """How long to wait for the primary to be ready and DNS to name it."""
    steady_s: float = 20.0
    """How long the full load runs before the fault."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Follow:
    """How long the drill looks on after the fault, in seconds."""

    good_s: int = 10
    """The service counts as restored when it was good for this many seconds in a row."""
    after_restored_s: float = 10.0
    at_most_s: float = 180.0
    drain_s: float = 60.0
    """How long clients may work off their backlog once no new payment arrives."""
    settle_s: float = 30.0
    """How long an accepted payment may take to reach the ledger after that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Expect:
    """What must be true besides the objectives of the settings. Everything counted must be zero."""

    restored_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """One drill."""

    code: str
    title: str
    fault: FaultKind
    expect: Expect
    given: Given = Given()
    follow: Follow = Follow()
