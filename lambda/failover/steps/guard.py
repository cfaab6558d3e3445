"""guard: this takeover is the one that the lease asks for."""

from failover.lease import Lease, LeaseState
from failover.lease_table import LeaseUnknown
from failover.steps.errors import Held, NotYet
from failover.steps.tools import Facts, Tools
from failover.takeover import Takeover


def current_lease(takeover: Takeover, tools: Tools) -> Lease:
    """The lease, when it is this region's, in this epoch, and not being given away.

    Every step asks first, so an execution that slept through a newer epoch does nothing any more.

    Raises:
        Held: the lease is another one, or the execution runs in a region it was not meant for.
        NotYet: the lease cannot be read.
    """
    try:
        lease = tools.leases.read()
    except LeaseUnknown as error:
        raise NotYet(str(error)) from error
    if lease is None or Takeover.of(lease) != takeover or takeover.region != tools.region:
        raise Held(f"{takeover} in {tools.region} is not what the lease asks for: {lease}")
    if lease.state is LeaseState.DRAINING:
        raise Held(f"epoch {lease.epoch} is draining already")
    return lease


def run(takeover: Takeover, tools: Tools) -> Facts:
    """Check the lease, and that the journal answers: with it the data-loss budget is zero payments.

    A promotion may lose what the old writer did not replicate. The journal has all of it, in two regions;
    while it cannot be read the loss is unknown, and unknown is over every budget.
    """
    lease = current_lease(takeover, tools)
    next(tools.journal.entries(), None)
    return {"expires_in_ms": lease.expires_at_ms - tools.clock()}
