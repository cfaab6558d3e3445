"""What a forced promotion of this region's copy of the ledger may lose, in payments and money."""

from collections import Counter
from itertools import islice

from durable.arrivals import minute_of
from durable.comparison import compared
from durable.entry import Identity, JournalEntry
from durable.journal import Journal
from durable.ledger import Ledger
from failover.loss import Figures, JournalFact

LOOKED_AT = 200
"""So many of the newest rows of this copy are looked through for the sample."""
SAMPLE = 20
"""So many of the newest payments of this copy must be in the journal, the late ones among the arrivals."""


def assess(journal: Journal, ledger: Ledger, *, until_ms: int, trusted: bool) -> Figures:
    """What this copy of the ledger lacks, counted now. Raises DatabaseUnavailable and JournalUnavailable."""
    since, beat_ms = ledger.marked(), ledger.heartbeat()
    # Before the journal is read: what is recorded later need not be in what was read by then.
    newest = _newest(ledger)
    payments, latest_ms, money, seen = 0, beat_ms or 0, Counter[str](), set[str]()
    for part in compared(journal, ledger, since, until_ms=until_ms):
        read = [entry for entry in part.entries if isinstance(entry, JournalEntry)]
        seen |= newest.keys() & {entry.idempotency_key for entry in part.entries}
        latest_ms = max([latest_ms, *(entry.accepted_at_ms for entry in read)])
        payments += len(part.lacking)
        for entry in part.lacking:
            money.update(entry.request.stake())
    complete = all(_proves(key, of, journal, since=since, seen=seen) for key, of in newest.items())
    proof = JournalFact.COMPLETE if complete else JournalFact.INCOMPLETE
    return Figures(
        journal=proof if trusted else JournalFact.UNTRUSTED,
        replicated_until_ms=beat_ms,
        lag_ms=None if beat_ms is None else latest_ms - beat_ms,
        payments=payments,
        money=dict(money),
    )


def _newest(ledger: Ledger) -> dict[str, Identity]:
    """The newest payments that came through the journal.

    What was booked by hand never did, so it proves nothing. Where it hides all others nothing is proven,
    and all of it counts.
    """
    looked_at = ledger.newest(LOOKED_AT)
    noted = ledger.noted(of.payment_id for of in looked_at.values())
    ours = {key: of for key, of in looked_at.items() if of.payment_id in noted}
    return dict(islice((ours or looked_at).items(), SAMPLE))


def _proves(key: str, of: Identity, journal: Journal, *, since: int | None, seen: set[str]) -> bool:
    """Whether the journal knows a payment of the ledger, and the arrivals do if it came in their time.

    Another payment under its key proves the opposite: the journal forgot this one, and took the key again.
    """
    entry = journal.look(key)
    if entry is None or entry.identity not in {None, of}:
        return False
    late = isinstance(entry, JournalEntry) and since is not None and minute_of(entry.accepted_at_ms) >= since
    return key in seen or not late
