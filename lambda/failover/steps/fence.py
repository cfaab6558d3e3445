"""fence: from here on the database takes writes of this epoch only."""

from failover.ports import StaleEpoch
from failover.steps.errors import Held, NotYet
from failover.steps.tools import Facts, Tools
from failover.takeover import Takeover


def run(takeover: Takeover, tools: Tools) -> Facts:
    """Raise the fence and read it back. Waits for transactions of older epochs."""
    try:
        epoch = tools.database.raise_fence(takeover.epoch, now_ms=tools.clock())
    except StaleEpoch as error:
        raise Held(f"the ledger belongs to a later epoch: {error}") from error
    if epoch != takeover.epoch:
        raise NotYet(f"the fence is at {epoch}, not at {takeover.epoch}")
    return {"fence": epoch}
