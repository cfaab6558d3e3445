"""What a keeper may do, by which rule, and for how long before a person is called. Pure."""

from dataclasses import dataclass, replace
from enum import StrEnum

TURN = "keeper"
"""The message of the log line that every turn of a keeper writes; alarms count them."""
EXPIRES_IN, CLOCK_OFF = "expires_in_ms", "clock_off_ms"
"""Fields of that line, milliseconds, that alarms measure."""


class Action(StrEnum):
    """What the keeper does."""

    HOLD = "hold"
    """Nothing, although this region would have something to do."""
    WATCH = "watch"
    """Nothing, because nothing is to be done."""
    PAGE = "page"
    """Call a person."""
    RENEW = "renew"
    CONTINUE = "continue"
    """Renew, and make sure that the takeover runs."""
    STAY = "stay"
    """Call the planned handover off and serve again."""
    TAKE_FIRST = "take_first"
    TAKE_OVER = "take_over"
    TAKE_BACK = "take_back"
    """End a failover away from here that did not serve."""


class Rule(StrEnum):
    """Why. The code is a contract with logs, alarms and runbooks."""

    LEASE_UNKNOWN = "R10_lease_unknown"
    FIRST_LEASE = "R20_first_lease"
    LEASE_REMOVED = "R22_lease_removed"
    NO_LEASE = "R25_no_lease"
    HOLDER_FIT = "R30_holder_fit"
    NOT_READY = "R31_not_ready"
    OWN_EXPIRY_DOUBTED = "R32_own_expiry_doubted"
    DRAINING = "R33_draining"
    DRAIN_GIVEN_UP = "R34_drain_given_up"
    TAKING = "R35_taking"
    STUCK = "R36_stuck"
    FENCED = "R37_fenced"
    HOLDER_UNFIT = "R38_holder_unfit"
    TAKEN_BEFORE = "R39_taken_before"
    HOLDER_ELSEWHERE = "R40_holder_elsewhere"
    EXPIRY_DOUBTED = "R41_expiry_doubted"
    HANDOVER_FAILED = "R42_handover_failed"
    NOT_STARTED = "R43_not_started"
    RENEWED_LATELY = "R44_renewed_lately"
    NEVER_SERVED = "R45_never_served"
    TAKEN_BACK = "R47_taken_back"
    PAUSED = "R50_automation_paused"
    UNFIT_HERE = "R60_unfit_here"
    CLEAR = "R90_clear"


PATIENCE_MS = {
    Rule.LEASE_UNKNOWN: 60_000,
    Rule.NO_LEASE: 90_000,
    Rule.NOT_READY: 30_000,
    Rule.HOLDER_UNFIT: 60_000,
    Rule.TAKEN_BEFORE: 20_000,
    Rule.NOT_STARTED: 60_000,
    Rule.RENEWED_LATELY: 60_000,
}
"""How long a rule that calls nobody at once may last before it does: a keeper lives for three minutes."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What to do, by which rule, and why in words."""

    action: Action
    rule: Rule
    reason: str
    lasts: bool = False
    """Whether the rule has applied for longer than a person should not know of it."""

    @property
    def calls(self) -> bool:
        """Whether a person is called."""
        return self.action is Action.PAGE or self.lasts

    def after(self, lasted_ms: int) -> "Decision":
        """The same decision when its rule has applied for so long."""
        limit_ms = PATIENCE_MS.get(self.rule)
        return replace(self, lasts=limit_ms is not None and lasted_ms >= limit_ms)
