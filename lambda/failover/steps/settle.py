"""settle: this region's copy of the ledger has all that was settled. Nobody acknowledges any more."""

from failover.steps.guard import current_lease
from failover.steps.inspection import take_stock
from failover.steps.tools import Facts, Tools
from failover.takeover import Phase, Takeover

DRAINED = frozenset({Phase.DRAINING, Phase.HERE})
LOOKS = 4
PAUSE_S = 0.2


def run(takeover: Takeover, tools: Tools) -> Facts:
    """Whether it is so. The state machine waits and asks again.

    It comes here when no request believes any more that the old region serves, see `drain`. What is only
    accepted need not be in the ledger: `reconcile` settles it after the handover, under its own key.

    Nobody is served meanwhile, and the state machine waits whole seconds: so the last rows, which arrive
    within one, are looked for several times here.
    """
    lease = current_lease(takeover, tools, phases=DRAINED)
    if takeover.phase(lease) is Phase.HERE:
        return {"done": True}
    for look in range(LOOKS):
        if look:
            tools.pause(PAUSE_S)
        if not (missing := take_stock(tools, lease).missing):
            break
    return {"done": missing == 0, "missing": missing}
