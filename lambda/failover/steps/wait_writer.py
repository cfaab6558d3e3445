"""wait_writer: whether the promotion has arrived. The state machine waits and asks again."""

from failover.lease import Kind
from failover.observation import DatabaseFact
from failover.observe import database_fact
from failover.ports import WriterUnavailable
from failover.steps.context import Facts, StepContext
from failover.steps.promote import is_writer
from failover.steps.promote import run as promote
from failover.takeover import Takeover


def run(takeover: Takeover, context: StepContext) -> Facts:
    """Ask the database itself, and then Aurora; a database that restarts is simply not done.

    A failover that Aurora accepted and gave up is asked for again.
    """
    database = database_fact(context.database)
    done = database is DatabaseFact.WRITER and is_writer(context)
    if not done and takeover.kind is Kind.FAILOVER and _given_up(context):
        promote(takeover, context)
    return {"done": done, "database": database}


def _given_up(context: StepContext) -> bool:
    """Whether Aurora neither moves the writer here nor has moved it; while it does not say, nobody knows."""
    try:
        return not context.writer.is_coming()
    except WriterUnavailable:
        return False
