"""guard: this takeover is the one that the lease asks for."""

from failover.lease import Lease
from failover.observation import ApiFact, DatabaseFact
from failover.observe import api_fact, database_fact
from failover.steps.context import Facts, StepContext
from failover.steps.errors import Held, NotYet
from failover.steps.inspection import journal_gap
from failover.takeover import Phase, Takeover

HERE = frozenset({Phase.HERE})
MAY_BEGIN = frozenset({Phase.ASKED, Phase.DRAINING, Phase.HERE})
"""Of a step before the drain: a takeover that starts again may find it drained or handed over."""


def current_lease(takeover: Takeover, context: StepContext, *, phases: frozenset[Phase] = HERE) -> Lease:
    """The lease, when it stands for this takeover as one of *phases* says.

    Every step asks first, so an execution that slept through a newer epoch does nothing any more.

    Raises:
        Held: the lease asks for something else, or the execution runs in a region it was not meant for.
        LeaseUnknown: the lease cannot be read.
    """
    lease = context.leases.read()
    if lease is None or takeover.phase(lease) not in phases or takeover.region != context.region:
        raise Held(f"{takeover} in {context.region} is not what the lease asks for: {lease}")
    return lease


def run(takeover: Takeover, context: StepContext) -> Facts:
    """Check the lease, and that the journal answers, both tables: with it the data-loss budget is zero.

    A promotion may lose what the old writer did not replicate. The journal has all of it, in two regions;
    while it cannot be read the loss is unknown, and unknown is over every budget. Before a planned
    takeover nobody has stopped yet: what would keep it from ending is found here, at no cost.
    """
    lease = current_lease(takeover, context, phases=MAY_BEGIN)
    now_ms = context.clock()
    context.recovery.ready_for_replay(now_ms)
    if takeover.phase(lease) is Phase.ASKED:
        _must_be_fit(context, lease, now_ms)
    return {"expires_in_ms": lease.expires_at_ms - context.clock()}


def _must_be_fit(context: StepContext, lease: Lease, now_ms: int) -> None:
    if api_fact(context.api) is not ApiFact.LIVE:
        raise NotYet("the API of this region is not live")
    database = database_fact(context.database)
    if database is DatabaseFact.WRITER:
        raise Held("the writer is here already, without the lease: this is not a planned switchover")
    if database is not DatabaseFact.REPLICA:
        raise NotYet(f"the database is {database}")
    if not context.keeper.is_fresh(now_ms):
        raise NotYet("the keeper of this region does not tick: nobody would renew the lease here")
    if overdue := journal_gap(context, lease).overdue:
        raise NotYet(f"{overdue} settled requests have not been replicated to this region")
