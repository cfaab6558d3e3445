"""fence: from here on the ledger takes writes of this epoch only."""

from durable.arrivals import minute_of
from durable.errors import StaleEpoch
from failover.steps.errors import Held, NotYet
from failover.steps.tools import Facts, Tools
from failover.takeover import Takeover
from runtime.logs import logger


def run(takeover: Takeover, tools: Tools) -> Facts:
    """Apply the schema, raise the fence, read it back. Waits for transactions of older epochs.

    A mark in the future was set by a clock that was wrong. It is forgotten, so that the whole journal is
    compared: the mark would hide what arrives from now on until it is reached.
    """
    with tools.ledger() as ledger:
        ledger.migrate()
        try:
            ledger.raise_fence(takeover.epoch)
        except StaleEpoch as error:
            raise Held(f"the ledger belongs to a later epoch: {error}") from error
        epoch = ledger.fence_epoch()
        if ledger.forget_mark(after=minute_of(tools.clock()), epoch=takeover.epoch):
            logger.error("the mark was in the future", extra={"execution": takeover.name})
    if epoch != takeover.epoch:
        raise NotYet(f"the fence is at {epoch}, not at {takeover.epoch}")
    return {"fence": epoch}
