"""What a drill is: a given, faults on a timeline, and what must be true afterwards."""

from dataclasses import dataclass, field
from enum import StrEnum

from gameday.faults import Kill, Step, Stop
from gameday.load import LoadPlan


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """The state that a scenario starts from: the holder ready, DNS names it, load answered."""

    within_s: float = 150.0
    """How long to wait for the holder to be ready and DNS to name it."""
    steady_s: float = 20.0
    """How long the full load runs before the fault."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Follow:
    """How long the drill looks on after the fault, in seconds."""

    good_s: int = 10
    """The service counts as restored when it was good for this many seconds in a row."""
    after_restored_s: float = 10.0
    at_most_s: float = 180.0
    """Where nobody may move: exactly so long."""
    after_last_step_s: float = 30.0
    """How long at least after the last step of the timeline."""
    drain_s: float = 60.0
    """How long clients may work off their backlog once no new payment arrives."""
    settle_s: float = 30.0
    """How long an accepted payment may take to reach the ledger after that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Expect:
    """What must be true besides the objectives of the settings, no less and no more."""

    moves: bool
    """Whether the other region must take over, once and for good; else nobody may move."""
    restored_s: float
    failed_permille: float = 10.0
    """Attempts that may fail once the service is restored; where nobody may move, since the fault."""
    least_refusals: int = 0
    """How often the old holder must have refused a payment after the fault: proof that it was asked."""
    least_rescued: int = 0
    """Payments that must have been lost but for the journal: proof that something was at stake."""


class Plans(StrEnum):
    """Which Terraform plans must be empty after the drill, before anything is healed."""

    NONE = "none"
    SURVIVOR = "survivor"
    """That of the region which took over, while the other one is dead."""
    ALL = "all"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """One drill. The first step is the fault that times count from."""

    code: str
    title: str
    steps: tuple[Step, ...]
    expect: Expect
    given: Given = Given()
    follow: Follow = Follow()
    load: LoadPlan = field(default_factory=LoadPlan)
    plans: Plans = Plans.NONE

    @property
    def silences(self) -> bool:
        """Whether the first step leaves the holder unable to answer anybody."""
        return isinstance(self.steps[0].deed, Kill | Stop) and self.expect.moves

    @property
    def last_step_s(self) -> float:
        """Seconds from the first step to the last one."""
        return max(step.after_s for step in self.steps)
