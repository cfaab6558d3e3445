"""settle: nobody acknowledges any more, and this region's copy of the ledger has all that was settled."""

from failover.steps.guard import current_lease
from failover.steps.inspection import take_stock
from failover.steps.tools import Facts, Tools
from failover.takeover import Phase, Takeover

DRAINED = frozenset({Phase.DRAINING, Phase.HERE})
QUIET_AFTER_MS = 12_000
"""A request believes a lease it read a second ago and ends with its function after ten more."""


def run(takeover: Takeover, tools: Tools) -> Facts:
    """Whether it is so. The state machine waits and asks again.

    The drain was stamped by this region's clock, so no clock is compared with another. What is only
    accepted need not be in the ledger: `reconcile` settles it after the handover, under its own key.
    """
    lease = current_lease(takeover, tools, phases=DRAINED)
    if takeover.phase(lease) is Phase.HERE:
        return {"done": True}
    quiet_ms = tools.clock() - lease.changed_at_ms
    if quiet_ms < QUIET_AFTER_MS:
        return {"done": False, "quiet_ms": quiet_ms}
    missing = take_stock(tools).missing
    return {"done": missing == 0, "quiet_ms": quiet_ms, "missing": missing}
