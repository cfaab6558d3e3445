"""assess: what a forced promotion of this region's copy of the ledger may lose, in payments and money."""

from collections import Counter
from collections.abc import Iterator
from itertools import islice

from failover.loss import Figures, JournalFact, LossPolicy
from failover.steps.tools import Tools
from payments.errors import JournalUnavailable
from payments.journal import JournalEntry
from payments.ledger import Ledger
from runtime.database import DatabaseUnavailable

BATCH = 200
SAMPLE = 20
"""So many of the newest payments of this copy must be in the journal."""


def policy_of(tools: Tools) -> LossPolicy:
    """What this deployment may lose without asking."""
    return LossPolicy.parse(tools.parameters.get("approvals/policy"))


def assess(tools: Tools, *, trusted: bool) -> Figures:
    """What this copy of the ledger lacks, counted now; what cannot be read is None."""
    try:
        return _counted(tools, trusted=trusted)
    except (DatabaseUnavailable, JournalUnavailable):
        return Figures(
            journal=JournalFact.UNREADABLE, replicated_until_ms=None, lag_ms=None, payments=None, money=None
        )


def _counted(tools: Tools, *, trusted: bool) -> Figures:
    with tools.ledger() as ledger:
        until_ms = ledger.heartbeat()
        # Before the journal is read: what is recorded later need not be in what was read by then.
        newest = ledger.newest(SAMPLE)
        payments, latest_ms, money = 0, until_ms, Counter[str]()
        for entry, lacking in _compared(tools, ledger):
            if latest_ms is not None:
                latest_ms = max(latest_ms, entry.accepted_at_ms)
            if lacking:
                payments += 1
                money[entry.request.currency] += entry.request.amount_minor
    complete = all(tools.journal.find(key) is not None for key in newest)
    proof = JournalFact.COMPLETE if complete else JournalFact.INCOMPLETE
    return Figures(
        journal=proof if trusted else JournalFact.UNTRUSTED,
        replicated_until_ms=until_ms,
        lag_ms=None if until_ms is None or latest_ms is None else latest_ms - until_ms,
        payments=payments,
        money=dict(money),
    )


def _compared(tools: Tools, ledger: Ledger) -> Iterator[tuple[JournalEntry, bool]]:
    """Every entry of the journal, and whether this copy of the ledger lacks it."""
    entries = tools.journal.entries()
    while batch := list(islice(entries, BATCH)):
        known = ledger.known([entry.idempotency_key for entry in batch])
        for entry in batch:
            yield entry, entry.idempotency_key not in known
