"""What a forced promotion of this region's copy of the ledger may lose, in requests and money."""

from collections import Counter

from durable.arrivals import minute_of
from durable.comparison import begin, compared, newest
from durable.entry import Identity, JournalEntry
from durable.journal import Journal
from durable.ledger import Ledger
from failover.loss import JournalProof, LossEstimate


def assess(journal: Journal, ledger: Ledger, *, until_ms: int, trusted: bool) -> LossEstimate:
    """What this copy of the ledger lacks, counted now. Raises DatabaseUnavailable and JournalUnavailable."""
    # Before the journal is read: what is recorded later need not be in what was read by then.
    rows = newest(ledger)
    since, beat_ms = begin(journal, ledger, rows), ledger.heartbeat()
    requests, latest_ms, money, seen = 0, beat_ms or 0, Counter[str](), set[str]()
    for part in compared(journal, ledger, since, until_ms=until_ms):
        read = [entry for entry in part.entries if isinstance(entry, JournalEntry)]
        seen |= rows.keys() & {entry.idempotency_key for entry in part.entries}
        latest_ms = max([latest_ms, *(entry.accepted_at_ms for entry in read)])
        requests += len(part.lacking)
        for entry in part.lacking:
            money.update(entry.request.stake())
    complete = all(_proves(key, row.identity, journal, since=since, seen=seen) for key, row in rows.items())
    proof = JournalProof.COMPLETE if complete else JournalProof.INCOMPLETE
    return LossEstimate(
        journal=proof if trusted else JournalProof.UNTRUSTED,
        replicated_until_ms=beat_ms,
        lag_ms=None if beat_ms is None else latest_ms - beat_ms,
        requests=requests,
        money=dict(money),
    )


def _proves(key: str, of: Identity, journal: Journal, *, since: int | None, seen: set[str]) -> bool:
    """Whether the journal knows a request of the ledger, and the arrivals do if it came in their time.

    Another request under its key proves the opposite: the journal forgot this one, and took the key again.
    """
    entry = journal.look(key)
    if entry is None or entry.identity not in {None, of}:
        return False
    late = isinstance(entry, JournalEntry) and since is not None and minute_of(entry.accepted_at_ms) >= since
    return key in seen or not late
