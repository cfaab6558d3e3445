"""hand_over: the lease follows the writer into this region, in the next epoch."""

from failover.observation import DatabaseFact
from failover.observe import database_fact
from failover.steps.context import Facts, StepContext
from failover.steps.errors import NotYet
from failover.steps.guard import current_lease
from failover.steps.settle import DRAINED
from failover.takeover import Phase, Takeover


def run(takeover: Takeover, context: StepContext) -> Facts:
    """Take the lease as the old holder left it, and read it back. From here on there is no way back."""
    lease = current_lease(takeover, context, phases=DRAINED)
    if takeover.phase(lease) is Phase.DRAINING:
        if (database := database_fact(context.database)) is not DatabaseFact.WRITER:
            raise NotYet(f"the database is {database}")
        lease = context.leases.hand_over(lease, takeover.handover, now_ms=context.clock())
    return {"epoch": lease.epoch, "holder": lease.holder, "state": lease.state}
