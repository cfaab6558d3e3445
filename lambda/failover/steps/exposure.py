"""exposure: what a forced takeover would lose if there were only replication, for the record."""

from failover.steps.inspection import take_stock
from failover.steps.tools import Facts, Tools
from runtime.database import DatabaseUnavailable


def exposure(tools: Tools) -> Facts:
    """The settled payments that this copy of the ledger lacks, and what that says about the lag.

    Unknown is no better than over budget. The journal, which had to answer for this, makes the loss zero
    either way: `reconcile` replays from it. Raises JournalUnavailable.
    """
    try:
        stock = take_stock(tools)
    except DatabaseUnavailable as error:
        return {"replication": "unknown", "why": str(error)}
    return {
        "replication": "over" if stock.overdue else "within",
        "missing": stock.missing,
        "overdue": stock.overdue,
    }
