"""warm: the target region has the execution environments that the waiting requests will need."""

from math import ceil

from failover.steps.context import Facts, StepContext
from failover.steps.errors import NotYet
from failover.steps.guard import MAY_BEGIN, current_lease
from failover.takeover import Phase, Takeover

PAUSE_S = 3
"""How long clients wait for a planned takeover, Aurora's own switchover aside; then all want an answer."""
MINUTE_MS = 60_000
LEAST, MOST = 4, 64
HOLD_MS = 250
BUDGET_MS = 15_000
"""Nobody waits meanwhile, but the step must end within its function's time limit."""


def run(takeover: Takeover, context: StepContext) -> Facts:
    """Start environments until there are enough, or until another round starts none; tell how many there are.

    Fewer than wanted cost latency and no request, so they are told and do not stop the takeover. None at all
    means that the target's function cannot run: that must be known before anybody drains.
    """
    lease = current_lease(takeover, context, phases=MAY_BEGIN)
    if takeover.phase(lease) is not Phase.ASKED:
        return {"warm": None}  # an earlier run of the takeover did, and now clients wait
    until_ms = context.clock() + BUDGET_MS
    # This minute has just begun, or the load has: together they are no less than what came in the last 60 s.
    wanted = enough(context.recovery.arriving(context.clock()))
    warm: frozenset[str] = frozenset()
    barren = 0
    while len(warm) < wanted and barren < 2 and context.clock() < until_ms:  # noqa: PLR2004
        found = warm | context.service.warm(calls=min(wanted, 2 * len(warm) + LEAST), hold_ms=HOLD_MS)
        barren = barren + 1 if found == warm else 0
        warm = found
    if not warm:
        raise NotYet("no execution environment of this region's API function answers")
    return {"warm": len(warm), "wanted": wanted}


def enough(arrived: int) -> int:
    """How many environments a region needs that takes over a load of so many requests a minute."""
    return min(MOST, max(LEAST, ceil(arrived * PAUSE_S * 1000 / MINUTE_MS)))
