"""settle: this region's copy of the ledger has all that was settled. Nobody acknowledges any more."""

from failover.steps.context import Facts, StepContext
from failover.steps.guard import current_lease
from failover.steps.inspection import journal_gap
from failover.takeover import Phase, Takeover

DRAINED = frozenset({Phase.DRAINING, Phase.HERE})
LOOKS = 4
PAUSE_S = 0.2


def run(takeover: Takeover, context: StepContext) -> Facts:
    """Whether it is so. The state machine waits and asks again.

    It comes here when no request believes any more that the old region serves, see `drain`. What is only
    accepted need not be in the ledger: `reconcile` settles it after the handover, under its own key.

    Nobody is served meanwhile, and the state machine waits whole seconds: so the last rows, which arrive
    within one, are looked for several times here.
    """
    lease = current_lease(takeover, context, phases=DRAINED)
    if takeover.phase(lease) is Phase.HERE:
        return {"done": True}
    for look in range(LOOKS):
        if look:
            context.pause(PAUSE_S)
        if not (missing := journal_gap(context, lease).missing):
            break
    return {"done": missing == 0, "missing": missing}
