"""activate: the lease becomes ACTIVE. Readiness turns 200 and DNS follows."""

from failover.lease import LeaseState
from failover.lease_table import LeaseLost, LeaseUnknown
from failover.steps.errors import Held, NotYet
from failover.steps.guard import current_lease
from failover.steps.tools import Facts, Tools
from failover.takeover import Takeover


def run(takeover: Takeover, tools: Tools) -> Facts:
    """Activate and read back. An expired lease acknowledges nothing until the keeper renews it."""
    lease = current_lease(takeover, tools)
    if lease.state is not LeaseState.ACTIVE:
        try:
            lease = tools.leases.activate(lease, now_ms=tools.clock())
        except LeaseLost as error:
            raise Held(str(error)) from error
        except LeaseUnknown as error:
            raise NotYet(str(error)) from error
    return {"state": lease.state, "changed_at_ms": lease.changed_at_ms}
