"""The journal since the watermark of this region's copy of the ledger, beside that copy."""

from itertools import islice

from durable.comparison import LISTED, compared
from durable.journal import Journal
from durable.ledger import Ledger
from failover.ports import JournalGap

OVERDUE_MS = 30_000
"""What a request under way, or a replica that keeps up, never needs."""


def journal_gap(journal: Journal, ledger: Ledger, *, now_ms: int, until_ms: int) -> JournalGap:
    """Compare every entry since the watermark, or all there are where there is no watermark.

    Raises DatabaseUnavailable and JournalUnavailable.
    """
    deadline_ms = now_ms - OVERDUE_MS
    read = intents = missing = overdue = 0
    aside = dict.fromkeys(ledger.aside(LISTED))
    for part in compared(journal, ledger, ledger.watermark(), until_ms=until_ms):
        read += len(part.entries)
        aside |= dict.fromkeys(part.aside)
        settled = journal.settled([entry.idempotency_key for entry in part.lacking])
        for entry in part.lacking:
            old, known_settled = entry.accepted_at_ms < deadline_ms, entry.idempotency_key in settled
            intents += old and not known_settled
            missing += known_settled
            overdue += old and known_settled
    return JournalGap(
        compared=read,
        intents=intents,
        missing=missing,
        overdue=overdue,
        set_aside=tuple(islice(aside, LISTED)),
    )
