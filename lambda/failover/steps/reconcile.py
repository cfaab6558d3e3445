"""reconcile: every acknowledged payment is in this ledger, under its own key."""

from durable.comparison import compared
from durable.entry import Kept
from durable.errors import StaleEpoch
from durable.ledger import Ledger
from durable.replay import Replayed, replay
from failover.steps.errors import Held
from failover.steps.guard import current_lease
from failover.steps.tools import Facts, Tools
from failover.takeover import Takeover


def run(takeover: Takeover, tools: Tools) -> Facts:
    """Record what came into the journal since the ledger's mark and not into the ledger, and read it back.

    Settled entries are compared too: they were settled in a writer whose last seconds may be lost. What the
    ledger has and nobody marked settled is left to the reconciler. What cannot be recorded is set aside by
    name, for a person, and does not keep the rest waiting.
    """
    seen = replayed = aside = 0
    until_ms = current_lease(takeover, tools).acknowledged_until_ms
    with tools.ledger() as ledger:
        for part in compared(tools.journal, ledger, ledger.marked(), until_ms=until_ms):
            seen += len(part.entries)
            done = _replayed([*part.lacking, *part.odd], ledger, takeover)
            replayed, aside = replayed + done.recorded, aside + len(done.aside)
            # While the lease is still this takeover's, every successor replays these too. After
            # that, a mark about this ledger would be a lie about the successor's.
            current_lease(takeover, tools)
            for entry in filter(done.has, part.lacking):
                tools.journal.settle(entry)
    return {"compared": seen, "replayed": replayed, "set_aside": aside}


def _replayed(entries: list[Kept], ledger: Ledger, takeover: Takeover) -> Replayed:
    try:
        return replay(entries, ledger, epoch=takeover.epoch, region=takeover.region)
    except StaleEpoch as error:
        raise Held(f"the ledger belongs to another epoch: {error}") from error
