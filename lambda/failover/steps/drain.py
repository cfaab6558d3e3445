"""drain: the old holder takes no new payments from now on, and none that it took is under way any more."""

from failover.lease import MAX_AGE_MS
from failover.steps.guard import MAY_BEGIN, current_lease
from failover.steps.tools import Facts, Tools
from failover.takeover import Phase, Takeover

MARGIN_MS = 100
"""Clocks of two processes do not run equally fast."""
QUIET_S = (MAX_AGE_MS + MARGIN_MS) / 1000
"""A request believes a lease that it read so long ago, and acknowledges nothing after that."""


def run(takeover: Takeover, tools: Tools) -> Facts:
    """Mark the lease for the handover and read it back; one that is marked or handed over stays so.

    Returns once every request knows: whoever read the lease before the mark has forgotten it. It waits here,
    because the state machine waits whole seconds, and nobody is served meanwhile.
    """
    lease = current_lease(takeover, tools, phases=MAY_BEGIN)
    if takeover.phase(lease) is Phase.ASKED:
        lease = tools.leases.drain(lease, takeover.handover, now_ms=tools.clock())
    if takeover.phase(lease) is Phase.DRAINING:
        tools.pause(QUIET_S)
    return {"state": lease.state, "changed_at_ms": lease.changed_at_ms}
