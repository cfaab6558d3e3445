"""promote: ask the control plane to make this region's copy the writer. `wait_writer` sees it done."""

from failover.lease import Kind
from failover.observation import DatabaseFact
from failover.observe import database_fact
from failover.ports import WriterBusy, WriterUnavailable
from failover.steps.context import Facts, StepContext
from failover.steps.errors import Held, NotYet
from failover.takeover import Takeover


def run(takeover: Takeover, context: StepContext) -> Facts:
    """Request the writer, unless it is here already.

    A database that takes writes proves nothing alone: an old writer that has not rejoined does so too.
    """
    if is_writer(context):
        return {"requested": False}
    if takeover.kind is Kind.BOOTSTRAP:
        if (database := database_fact(context.database)) is DatabaseFact.UNREACHABLE:
            raise NotYet(f"the database is {database}")
        raise Held("a bootstrap promotes nothing, and the writer is not here")
    try:
        context.writer.request(planned_from=takeover.previous if takeover.kind.planned else None)
    except WriterUnavailable as error:
        if not (isinstance(error, WriterBusy) and context.writer.is_coming()):
            raise NotYet(f"promotion not accepted: {error}") from error
        return {"requested": False}
    return {"requested": True}


def is_writer(context: StepContext) -> bool:
    """Whether this region's database takes writes, and its control plane calls it the writer of all regions.

    Raises:
        WriterUnavailable: the control plane does not say.
    """
    return database_fact(context.database) is DatabaseFact.WRITER and context.writer.is_here()
