"""compare: the journal since the mark of this region's copy of the ledger, beside that copy."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from payments.entry import JournalEntry
from payments.journal import Journal
from payments.ledger import Ledger

BATCH = 200


@dataclass(frozen=True, slots=True)
class Compared:
    """A part of the journal."""

    entries: list[JournalEntry]
    """No key twice in one part, but an old one may come again in another."""
    lacking: list[JournalEntry]
    """Those of them that the copy lacks, each in one part only."""


def compared(journal: Journal, ledger: Ledger, since: int | None) -> Iterator[Compared]:
    """What came in the minute *since* or after it, or the whole journal, part by part.

    Raises DatabaseUnavailable and JournalUnavailable.
    """
    entries = journal.entries(since)
    told: set[str] = set()
    while batch := {entry.idempotency_key: entry for entry in islice(entries, BATCH)}:
        lacking = batch.keys() - ledger.known(batch) - told
        told |= lacking
        yield Compared(list(batch.values()), [entry for key, entry in batch.items() if key in lacking])
