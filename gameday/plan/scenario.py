"""What a drill is: a given, faults on a timeline, and what must be true afterwards."""

from dataclasses import dataclass, field
from enum import StrEnum

from failover.loss import Loss
from gameday.load.arrivals import LoadPlan
from gameday.plan.faults import Action, Cut, Kill, Place, Step, Stop


class Side(StrEnum):
    """Where the lease is when a drill begins."""

    ANY = "any"
    """Where the last drill left it."""
    HOME = "home"
    """Where the settings place the first writer."""
    AWAY = "away"
    """In the other region: an operator moves it there first if need be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Precondition:
    """The state that a scenario starts from: the holder ready, DNS names it, load answered."""

    within_s: float = 150.0
    """How long to wait for the holder to be ready and DNS to name it."""
    steady_s: float = 10.0
    """How long the full load runs before the fault."""
    side: Side = Side.ANY
    actions: tuple[Action, ...] = ()
    """Done when the holder is ready, before the load: the system must be steady in spite of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Follow:
    """How long the drill looks on after the fault, in seconds."""

    good_s: int = 10
    """The service counts as restored when it was good for this many seconds in a row."""
    after_restored_s: float = 5.0
    at_most_s: float = 180.0
    """Where nobody may move: exactly so long."""
    after_last_step_s: float = 30.0
    """How long at least after the last step of the timeline."""
    drain_s: float = 60.0
    """How long at most clients may work off their backlog once no new request arrives."""
    settle_s: float = 95.0
    """How long an accepted request may take to reach the ledger after that. The reconciler comes every
    minute, and leaves to its request what is younger than half a minute."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Early:
    """How requests are accepted while the database is still promoted, in seconds after the fault."""

    first_s: float
    """The survivor's first acceptance, at the latest."""
    accepted_s: float
    """From when 99 % of attempts are accepted or settled, at the latest."""
    promoted_s: float
    """The writer is there no sooner: proof that nobody waited for it."""
    settled_s: float
    """All that was accepted is in the ledger, at the latest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Expect:
    """What must be true besides the objectives of the settings, no less and no more."""

    moves: int
    """How often the lease, the writer and DNS must move, each to the other region; 0: nobody may move."""
    restored_s: float
    planned: int = 0
    """How many of the moves must be planned: handed over, and not taken."""
    failed_permille: float = 10.0
    """Attempts that may fail once the service is restored; where nobody may move, since the fault."""
    least_refusals: int = 0
    """How often the old holder must have refused a request after the fault: proof that it was asked."""
    stall_s: float | None = None
    """The longest that a request may wait from its arrival to its acknowledgement; then none may be left
    without one. None: as long as its client has patience."""
    least_rescued: int = 0
    """Requests that must have been lost but for the journal: proof that something was at stake."""
    failed_steps: int | None = None
    """How many steps of the takeovers must have failed, been run again, and done their work in the end."""
    loss: Loss | None = None
    """The rule by which the forced promotion must have gone on; None: any."""
    early: Early | None = None
    """What must be accepted before the writer is there; None: no matter."""

    @property
    def moves_told(self) -> str:
        """Who must move, in words."""
        if not self.moves:
            return "nobody"
        told = "the other region takes over" if self.away else "there and back again"
        return f"{told}, as planned" if self.planned else told

    @property
    def away(self) -> bool:
        """Whether the other region must hold the lease in the end."""
        return self.moves % 2 == 1


class Plans(StrEnum):
    """Which Terraform plans must be empty after the drill, before anything is healed."""

    NONE = "none"
    SURVIVOR = "survivor"
    """That of the region which took over, while the other one is dead."""
    ALL = "all"
    SWAPPED = "swapped"
    """All, and all once more with both regions' roles swapped in the settings: that may change tags only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """One drill. The first step is the fault that times count from."""

    code: str
    title: str
    steps: tuple[Step, ...]
    expect: Expect
    precondition: Precondition = Precondition()
    follow: Follow = Follow()
    load: LoadPlan = field(default_factory=LoadPlan)
    plans: Plans = Plans.NONE

    @property
    def silences(self) -> bool:
        """Whether the first step leaves the holder unable to answer anybody."""
        return isinstance(self.steps[0].action, Kill | Stop) and self.expect.away

    @property
    def hides(self) -> bool:
        """Whether an operator cannot ask the old holder: it is silenced, or cut off from operators."""
        cuts = [step.action for step in self.steps if isinstance(step.action, Cut)]
        return self.silences or any({cut.one, cut.other} == {Place.HOLDER, Place.OPERATOR} for cut in cuts)

    @property
    def last_step_s(self) -> float:
        """Seconds from the first step to the last one."""
        return max(step.after_s for step in self.steps)
