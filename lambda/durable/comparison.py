"""compare: the journal since the watermark of this region's copy of the ledger, beside that copy."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, islice

from durable.entry import JournalEntry, Kept, Unreadable
from durable.journal import Journal
from durable.ledger import Ledger, Row
from durable.replay import InLedger, beside, set_aside
from durable.set_aside import SetAside

BATCH = 200
LISTED = 100
"""So many of those set aside before are looked at again."""
LOOKED_AT = 200
"""So many of the newest rows of this copy are looked through for the sample."""
SAMPLE = 20
"""So many of the newest requests of this copy must be in the journal, the late ones among the arrivals."""
ARRIVED = 5
"""So many of them, the newest, must be among the arrivals at their own time."""


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


def newest(ledger: Ledger) -> dict[str, Row]:
    """The newest requests that came through the journal into this copy, by their keys.

    What was booked by hand never did, so it proves nothing. Where it hides all others nothing is proven,
    and all of it counts.
    """
    looked_at = ledger.newest(LOOKED_AT)
    return dict(islice((_noted(looked_at, ledger) or looked_at).items(), SAMPLE))


def _noted(rows: Mapping[str, Row], ledger: Ledger) -> dict[str, Row]:
    noted = ledger.noted(row.identity.entry_id for row in rows.values())
    return {key: row for key, row in rows.items() if row.identity.entry_id in noted}


def begin(journal: Journal, ledger: Ledger, rows: Mapping[str, Row]) -> int | None:
    """The minute from which this copy is compared: its watermark, or None for all that ever came.

    *rows* are its newest, see `newest`.

    The arrivals since the watermark are enough while they are whole. Emptied, or restored to an earlier time,
    they lack the newest requests of this copy too. A copy without requests cannot tell.
    """
    return ledger.watermark() if rows and not did_not_come(_few(rows), journal) else None


def did_not_come(rows: Mapping[str, Row], journal: Journal) -> set[str]:
    """The keys of those of the *rows* that the arrivals lack: these were emptied, or restored."""
    return {key for key, row in rows.items() if not _came(key, row, journal)}


def newest_few(ledger: Ledger) -> dict[str, Row]:
    """Those of the newest that must be among the arrivals."""
    return _few(newest(ledger))


def settled_in(minute: int, ledger: Ledger) -> dict[str, Row]:
    """The first and the last few requests that were settled in this minute and came through the journal."""
    first, last = (ledger.settled_in(minute, ARRIVED, last=last) for last in (False, True))
    return _noted(first | last, ledger)


def _few(rows: Mapping[str, Row]) -> dict[str, Row]:
    return dict(islice(rows.items(), ARRIVED))


def _came(key: str, row: Row, journal: Journal) -> bool:
    """Whether the arrivals have it. An entry that is missing, unreadable or another's tells nothing."""
    entry = journal.look(key)
    if entry is None or isinstance(entry, Unreadable) or entry.identity != row.identity:
        return True
    return journal.came(entry, settled_at_ms=row.settled_at_ms)


def compared(journal: Journal, ledger: Ledger, since: int | None, *, until_ms: int) -> Iterator[Compared]:
    """What came in the minute *since* or after it, or the whole journal, part by part.

    What was set aside before comes first: the watermark has passed it, and this code may be able to read it.
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
