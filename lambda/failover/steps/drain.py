"""drain: the old holder takes no new payments from now on."""

from failover.lease_table import LeaseLost, LeaseUnknown
from failover.steps.errors import Held, NotYet
from failover.steps.guard import current_lease
from failover.steps.tools import Facts, Tools
from failover.takeover import Phase, Takeover

BEGUN = frozenset({Phase.ASKED, Phase.DRAINING, Phase.HERE})


def run(takeover: Takeover, tools: Tools) -> Facts:
    """Mark the lease for the handover and read it back; one that is marked or handed over stays so."""
    lease = current_lease(takeover, tools, phases=BEGUN)
    if takeover.phase(lease) is Phase.ASKED:
        try:
            lease = tools.leases.drain(lease, takeover.handover, now_ms=tools.clock())
        except LeaseLost as error:
            raise Held(str(error)) from error
        except LeaseUnknown as error:
            raise NotYet(str(error)) from error
    return {"state": lease.state, "changed_at_ms": lease.changed_at_ms}
