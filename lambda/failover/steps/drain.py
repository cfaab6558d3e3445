"""drain: the old holder takes no new requests from now on, and none that it took is under way any more."""

from failover.order import QUIET_S
from failover.steps.context import Facts, StepContext
from failover.steps.guard import MAY_BEGIN, current_lease
from failover.takeover import Phase, Takeover


def run(takeover: Takeover, context: StepContext) -> Facts:
    """Mark the lease for the handover and read it back; one that is marked or handed over stays so.

    Returns once every request knows: whoever read the lease before the mark has forgotten it. It waits here,
    because the state machine waits whole seconds, and nobody is served meanwhile.
    """
    lease = current_lease(takeover, context, phases=MAY_BEGIN)
    if takeover.phase(lease) is Phase.ASKED:
        lease = context.leases.drain(lease, takeover.handover, now_ms=context.clock())
    if takeover.phase(lease) is Phase.DRAINING:
        context.pause(QUIET_S)
    return {"state": lease.state, "changed_at_ms": lease.changed_at_ms}
