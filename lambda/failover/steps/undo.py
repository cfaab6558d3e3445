"""undo: a planned takeover that cannot go on gives the old holder its requests back."""

from failover.observation import DatabaseFact
from failover.observe import database_fact
from failover.steps.context import Facts, StepContext
from failover.steps.errors import Held, NotYet
from failover.steps.guard import current_lease
from failover.takeover import Phase, Takeover


def run(takeover: Takeover, context: StepContext) -> Facts:
    """Let a DRAINING lease be ACTIVE again where it was. Nothing was acknowledged meanwhile, so none is lost.

    Not once the writer has left, or is leaving: then the old region could only pretend to serve.
    """
    lease = current_lease(takeover, context, phases=frozenset(Phase))
    if takeover.phase(lease) is not Phase.DRAINING:
        return {"undone": False, "holder": lease.holder, "state": lease.state}
    if database_fact(context.database) is DatabaseFact.WRITER:
        raise Held("the writer is here already: start the takeover again, it goes on from here")
    if context.writer.is_coming():
        raise NotYet("Aurora is moving the writer")
    lease = context.leases.stay(lease, now_ms=context.clock())
    return {"undone": True, "holder": lease.holder, "state": lease.state}
