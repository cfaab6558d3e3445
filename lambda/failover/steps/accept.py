"""accept: the region takes requests into the journal while its database is still being promoted."""

from failover.lease import Kind
from failover.steps.context import Facts, StepContext
from failover.steps.guard import current_lease
from failover.takeover import Takeover


def run(takeover: Takeover, context: StepContext) -> Facts:
    """Let the lease accept, if this is a forced failover and the system may be opened early.

    The old holder's lease expired before this one began, and every key is claimed in the journal, which both
    regions share: so nothing that is accepted now can be answered twice, whatever becomes of the promotion.
    Not where the journal may have come out of a backup: it would take a key anew that it forgot.
    What is accepted is recorded by the reconciler once the region is ACTIVE, or by the old region if the
    failover is taken back. `reconcile` does not wait for it.
    """
    lease = current_lease(takeover, context)
    if takeover.kind is not Kind.FAILOVER or not context.accepts_early:
        return {"accepts": False}
    if not lease.accepts and not context.recovery.whole(until_ms=lease.acknowledged_until_ms):
        return {"accepts": False, "why": "the journal may have been restored"}
    return {"accepts": context.leases.accept(lease).serves}
