"""What became of a request, asked by its id."""

from collections.abc import Sequence
from dataclasses import dataclass

from durable.book import DurableRequest
from durable.bounded_calls import BoundedCalls
from durable.entry import EntryState, JournalEntry
from durable.errors import JournalUnavailable
from durable.journal import Journal
from durable.ledger_connection import LedgerConnection
from intake.principal import Principal
from intake.problems import Problem, Refused
from runtime.database import DatabaseUnavailable

JOURNAL_LIMIT_S = 2.5
"""All that a request waits for the journal, after the ledger; together they leave time to ask the holder."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A request, and whether it is in the ledger or will be."""

    request: DurableRequest
    settled: bool


class Whereabouts:
    """Asks this region's copy of the ledger, then the journal, which has what is accepted and not there."""

    def __init__(self, *, ledger: LedgerConnection, journal: Journal) -> None:
        self._ledger = ledger
        self._journal = journal
        self._bounded = BoundedCalls()

    def find(self, entry_id: str, *, principal: Principal) -> Found | None:
        """The request of this principal, or None when both were asked and neither has it.

        Raises:
            Refused: one of them did not answer, and the other does not have it. So nobody knows.
        """
        return self.find_each([entry_id], principal=principal)[0]

    def find_each(self, entry_ids: Sequence[str], *, principal: Principal) -> list[Found | None]:
        """As `find`, for several at once: each of both is asked within its limit for all of them."""
        try:
            rows = self._ledger.use(
                lambda ledger: [ledger.find(one, principal=principal) for one in entry_ids]
            )
        except DatabaseUnavailable as error:
            promised = self._promised(entry_ids, principal)
            if None in promised:
                raise Refused(Problem.UNAVAILABLE, "The ledger does not answer.") from error
            return promised
        recorded = dict(zip(entry_ids, rows, strict=True))
        lacking = [one for one in entry_ids if recorded[one] is None]
        promises = dict(zip(lacking, self._promised(lacking, principal), strict=True))
        return [Found(request=row, settled=True) if row else promises[one] for one, row in recorded.items()]

    def _promised(self, entry_ids: Sequence[str], principal: Principal) -> list[Found | None]:
        if not entry_ids:
            return []
        try:
            entries = self._bounded.run(
                lambda: [self._journal.promised(one) for one in entry_ids], within_s=JOURNAL_LIMIT_S
            )
        except (JournalUnavailable, TimeoutError) as error:
            raise Refused(Problem.UNAVAILABLE, "The journal does not answer.") from error
        return [_found(entry) if entry and entry.principal == principal else None for entry in entries]


def _found(entry: JournalEntry) -> Found:
    return Found(request=entry.request, settled=entry.state is EntryState.SETTLED)
