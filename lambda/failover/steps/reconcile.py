"""reconcile: every acknowledged payment is in this ledger, under its own key."""

from itertools import islice

from failover.replay import replay
from failover.steps.errors import Held
from failover.steps.guard import current_lease
from failover.steps.tools import Facts, Tools
from failover.takeover import Takeover
from payments.errors import StaleEpoch
from payments.journal import EntryState, JournalEntry
from payments.ledger import Ledger

BATCH = 200


def run(takeover: Takeover, tools: Tools) -> Facts:
    """Record what the journal knows and the ledger does not, in batches, each read back.

    Settled entries are compared too: they were settled in a writer whose last seconds may be lost.
    """
    entries = tools.journal.entries()
    seen = replayed = 0
    with tools.ledger() as ledger:
        while batch := list(islice(entries, BATCH)):
            seen += len(batch)
            replayed += _replayed(batch, ledger, takeover)
            # While the lease is still this takeover's, every successor replays this batch too. After
            # that, a mark about this ledger would be a lie about the successor's.
            current_lease(takeover, tools)
            for entry in batch:
                if entry.state is not EntryState.SETTLED:
                    tools.journal.settle(entry.idempotency_key)
    return {"journal": seen, "replayed": replayed}


def _replayed(batch: list[JournalEntry], ledger: Ledger, takeover: Takeover) -> int:
    try:
        return replay(batch, ledger, epoch=takeover.epoch, region=takeover.region)
    except StaleEpoch as error:
        raise Held(f"the ledger belongs to another epoch: {error}") from error
