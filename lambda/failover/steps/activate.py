"""activate: the lease becomes ACTIVE. Readiness turns 200 and DNS follows."""

from failover.lease import LeaseState
from failover.steps.context import Facts, StepContext
from failover.steps.errors import NotYet
from failover.steps.guard import current_lease
from failover.takeover import Takeover


def run(takeover: Takeover, context: StepContext) -> Facts:
    """Activate and read back. An expired lease acknowledges nothing until the keeper renews it.

    The ledger is asked once more: a late promotion may have replaced what was fenced and reconciled, and
    a holder whose own ledger refuses its epoch would keep the lease and serve nobody.
    """
    lease = current_lease(takeover, context)
    if lease.state is not LeaseState.ACTIVE:
        if not context.database.admits(takeover.epoch):
            raise NotYet(f"the ledger here does not admit epoch {takeover.epoch}")
        lease = context.leases.activate(lease, now_ms=context.clock())
    return {"state": lease.state, "changed_at_ms": lease.changed_at_ms}
