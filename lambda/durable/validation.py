"""The recovery core's port `Validation`, bound to journal and ledger: the ledger says what the journal says.

Requests of the present epoch are left out: where a planned takeover serves already they are under way.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice

from durable.book import Book
from durable.comparison import BATCH, begin, compared, newest
from durable.entry import JournalEntry
from durable.journal import Journal
from durable.ledger import Examined, Ledger
from durable.recovery import FencedLedger
from failover.ports import Validated

Sums = Counter[tuple[str, str]]
"""Minor units by principal and currency."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalValidation:
    """What was acknowledged, as the journal knows it, must be what this region's ledger has."""

    journal: Journal
    database: FencedLedger
    book: Book
    stop: Callable[[str], None]
    """Halts new requests, for this reason."""

    def examine(self, *, epoch: int, until_ms: int) -> Validated:
        """Compare all that came since the ledger's watermark, or the whole journal where there is none."""
        with self.database.ledger() as ledger:
            entries: dict[str, JournalEntry] = {}
            odd: list[str] = []
            since = begin(self.journal, ledger, newest(ledger))
            for part in compared(self.journal, ledger, since, until_ms=until_ms):
                odd += [
                    f"{each.entry_id or 'an entry'} waits for a person: {each.why}" for each in part.aside
                ]
                read = [entry for entry in part.entries if isinstance(entry, JournalEntry)]
                entries |= {entry.idempotency_key: entry for entry in read if entry.epoch < epoch}
            check = _Check(self.journal, self.book, entries)
            found = [one for batch in _batches(entries.values()) for one in check.batch(batch, ledger)]
        return Validated(
            compared=len(entries),
            accounts=len({entry.principal for entry in entries.values()}),
            contradictions=(*odd, *found, *check.sums()),
        )

    def halt(self, reason: str) -> None:
        """Let no new requests in."""
        self.stop(reason)


@dataclass(frozen=True, slots=True)
class _Check:
    """One validation under way."""

    journal: Journal
    book: Book
    entries: Mapping[str, JournalEntry]
    promised: Sums = field(default_factory=Counter)
    booked: Sums = field(default_factory=Counter)

    def batch(self, entries: list[JournalEntry], ledger: Ledger) -> Iterator[str]:
        """What is wrong with these."""
        rows = ledger.examined([entry.idempotency_key for entry in entries])
        for entry in entries:
            _add(self.promised, entry.principal, entry.request.stake())
            row = rows.get(entry.idempotency_key)
            if row is None:
                yield f"{entry.entry_id} is not in the ledger"
                continue
            _add(self.booked, row.principal, row.request.stake())
            yield from self._row(entry, row)

    def _row(self, entry: JournalEntry, row: Examined) -> Iterator[str]:
        if (row.identity, row.principal, row.request) != (entry.identity, entry.principal, entry.request):
            yield f"{entry.entry_id} is another request in the ledger"
        key = self.book.ended_by(entry.request, entry.entry_id, entry.principal)
        if key is None:
            return
        if row.live and key in self.entries:
            yield f"{entry.entry_id} was ended, and the ledger has it as live"
        # It may have been ended in the present epoch, of which nothing was read.
        if not row.live and key not in self.entries and self.journal.look(key) is None:
            yield f"{entry.entry_id} was not ended, and the ledger has it as ended"

    def sums(self) -> Iterator[str]:
        """How many accounts have other sums in the ledger than in the journal."""
        differ = {
            who
            for who, currency in self.promised.keys() | self.booked.keys()
            if self.promised[who, currency] != self.booked[who, currency]
        }
        if differ:
            yield f"the sums of {len(differ)} accounts differ"


def _add(sums: Sums, principal: str, stake: Mapping[str, int]) -> None:
    for currency, amount in stake.items():
        sums[principal, currency] += amount


def _batches(entries: Iterable[JournalEntry]) -> Iterator[list[JournalEntry]]:
    waiting = iter(entries)
    while batch := list(islice(waiting, BATCH)):
        yield batch
