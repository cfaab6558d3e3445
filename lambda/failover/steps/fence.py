"""fence: from here on the database takes writes of this epoch only."""

from failover.ports import StaleEpoch
from failover.steps.context import Facts, StepContext
from failover.steps.errors import Held, NotYet
from failover.takeover import Takeover


def run(takeover: Takeover, context: StepContext) -> Facts:
    """Raise the fence and read it back. Waits for transactions of older epochs."""
    try:
        epoch = context.database.raise_fence(takeover.epoch, now_ms=context.clock())
    except StaleEpoch as error:
        raise Held(f"the ledger belongs to a later epoch: {error}") from error
    if epoch != takeover.epoch:
        raise NotYet(f"the fence is at {epoch}, not at {takeover.epoch}")
    return {"fence": epoch}
