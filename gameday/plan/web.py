"""What a drill of the web application is: actions on a timeline, and what must be true afterwards."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from gameday.load.visitors import VisitPlan

Action = Callable[[Any], str]
"""Something that is done to the world of the drill; what was done, in words."""
Ended = Callable[[Sequence[Any]], bool]
"""Whether what was to come has come, by the looks since the fault."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WebStep:
    """One action, in seconds after the first one."""

    after_s: float = 0.0
    action: Action


@dataclass(frozen=True, slots=True, kw_only=True)
class FailingShare:
    """The bound on failed visits: this share of those within so many seconds of the fault, and none later."""

    share: float
    within_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Bars:
    """What must be true afterwards, besides the objectives of the settings."""

    first_permille: float = 0.0
    """Visits that may fail of those in the first seconds (see visits.WHOLE_S)."""
    later: int | None = 0
    """Visits that may fail after that; None: as many as until `served_s`."""
    writes_s: float | None = None
    """Until when at most writes may fail, apart from what other visits may; None: no longer than those."""
    served_s: float | None = None
    """When at most everybody who reads must be answered again, be it by the page of the other region."""
    lost: int | None = 0
    """Acknowledged entries that may be lost; None: those of the recovery point objective."""
    whole_s: float | None = None
    """When at most as many instances must serve as should."""
    replaced: int | None = None
    """How many instances that served must have been replaced."""
    grown: int | None = None
    """By how many instances at least the group must have grown, without ever having had fewer than before."""
    copied_s: float | None = None
    """When at most the other region must have the object that the drill wrote."""
    rings: str | None = None
    """The alarm that must have rung."""
    actions: int | None = None
    """How many things remediation must have done."""
    did: str = ""
    """What one of them must say."""
    failovers: int | None = None
    """How many times the database must have been failed over on request."""
    refresh: str | None = None
    """How the refresh must have ended."""
    other_versions: int | None = None
    """How many looks may have been answered by another version than the one before."""
    fails: FailingShare | None = None
    """How much a release may fail that is well for its checks."""
    taken_back: bool = False
    """Whether the release must have been taken back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WebScenario:
    """One drill. The first step is the fault that times count from."""

    code: str
    title: str
    expected: str
    """What the system must do, in words."""
    steps: tuple[WebStep, ...]
    bars: Bars
    ended: Ended
    steady_s: float = 10.0
    at_least_s: float = 30.0
    at_most_s: float = 300.0
    load: VisitPlan = field(default_factory=VisitPlan)
    surge: float = 1.0
    """What the rate of visits is multiplied by from the fault on."""
