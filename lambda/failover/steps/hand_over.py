"""hand_over: the lease follows the writer into this region, in the next epoch."""

from failover.observation import DatabaseFact
from failover.observe import database_fact
from failover.steps.errors import NotYet
from failover.steps.guard import current_lease
from failover.steps.settle import DRAINED
from failover.steps.tools import Facts, Tools
from failover.takeover import Phase, Takeover


def run(takeover: Takeover, tools: Tools) -> Facts:
    """Take the lease as the old holder left it, and read it back. From here on there is no way back."""
    lease = current_lease(takeover, tools, phases=DRAINED)
    if takeover.phase(lease) is Phase.DRAINING:
        if (database := database_fact(tools.database)) is not DatabaseFact.WRITER:
            raise NotYet(f"the database is {database}")
        lease = tools.leases.hand_over(lease, takeover.handover, now_ms=tools.clock())
    return {"epoch": lease.epoch, "holder": lease.holder, "state": lease.state}
