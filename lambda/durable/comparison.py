"""compare: the journal since the mark of this region's copy of the ledger, beside that copy."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, islice

from durable.entry import JournalEntry, Kept
from durable.journal import Journal
from durable.ledger import Ledger
from durable.replay import InLedger, beside, set_aside
from durable.set_aside import SetAside

BATCH = 200
LISTED = 100
"""So many of those set aside before are looked at again."""


@dataclass(frozen=True, slots=True)
class Compared:
    """A part of the journal."""

    entries: list[Kept]
    """None twice in one part, but an old one may come again in another."""
    lacking: list[JournalEntry]
    """Those of them that the copy lacks, each in one part only."""
    odd: list[Kept]
    """Those of them that a person must look at, each in one part only."""

    @property
    def aside(self) -> list[SetAside]:
        """The odd ones by name."""
        return [set_aside(entry) for entry in self.odd]


def compared(journal: Journal, ledger: Ledger, since: int | None, *, until_ms: int) -> Iterator[Compared]:
    """What came in the minute *since* or after it, or the whole journal, part by part.

    What was set aside before comes first: the mark has passed it, and this code may be able to read it.
    Nobody acknowledged anything by a clock that showed more than *until_ms*, see `Arrivals.last`.

    Raises DatabaseUnavailable and JournalUnavailable.
    """
    keys = dict.fromkeys(each.idempotency_key for each in ledger.aside(LISTED))
    listed = (entry for entry in map(journal.look, keys) if entry is not None)
    entries = chain(listed, journal.entries(since, until_ms=until_ms))
    told: set[Kept] = set()
    while batch := list(dict.fromkeys(islice(entries, BATCH))):
        recorded = ledger.recorded([entry.idempotency_key for entry in batch])
        found = {entry: beside(entry, recorded) for entry in batch if entry not in told}
        told |= {entry for entry, how in found.items() if how is not InLedger.RECORDED}
        yield Compared(
            batch,
            [e for e, how in found.items() if how is InLedger.LACKING and isinstance(e, JournalEntry)],
            [e for e, how in found.items() if how is InLedger.ASIDE],
        )
