"""fence: from here on the ledger takes writes of this epoch only."""

from failover.steps.errors import Held, NotYet
from failover.steps.tools import Facts, Tools
from failover.takeover import Takeover
from payments.errors import StaleEpoch


def run(takeover: Takeover, tools: Tools) -> Facts:
    """Apply the schema, raise the fence, read it back. Waits for transactions of older epochs."""
    with tools.ledger() as ledger:
        ledger.migrate()
        try:
            ledger.raise_fence(takeover.epoch)
        except StaleEpoch as error:
            raise Held(f"the ledger belongs to a later epoch: {error}") from error
        epoch = ledger.fence_epoch()
    if epoch != takeover.epoch:
        raise NotYet(f"the fence is at {epoch}, not at {takeover.epoch}")
    return {"fence": epoch}
