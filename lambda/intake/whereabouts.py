"""What became of a request, asked by its id."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from durable.book import DurableRequest
from durable.bounded_calls import BoundedCalls
from durable.entry import EntryState, JournalEntry
from durable.errors import JournalUnavailable
from durable.journal import Journal
from durable.ledger_connection import LedgerConnection
from intake.principal import Principal
from intake.problems import Problem, Refused
from runtime.database import DatabaseUnavailable

T = TypeVar("T")

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
        try:
            recorded = self._ledger.use(lambda ledger: ledger.find(entry_id, principal=principal))
        except DatabaseUnavailable as error:
            if found := self._promised(entry_id, principal):
                return found
            raise Refused(Problem.UNAVAILABLE, "The ledger does not answer.") from error
        return Found(request=recorded, settled=True) if recorded else self._promised(entry_id, principal)

    def journalled(self, idempotency_key: str) -> bool:
        """Whether the journal has an entry under this key, acknowledged or not. Raises Refused."""
        return self._bounded_read(lambda: self._journal.look(idempotency_key)) is not None

    def _promised(self, entry_id: str, principal: Principal) -> Found | None:
        entry = self._bounded_read(lambda: self._journal.promised(entry_id))
        return _found(entry) if entry and entry.principal == principal else None

    def _bounded_read(self, read: Callable[[], T]) -> T:
        try:
            return self._bounded.run(read, within_s=JOURNAL_LIMIT_S)
        except (JournalUnavailable, TimeoutError) as error:
            raise Refused(Problem.UNAVAILABLE, "The journal does not answer.") from error


def _found(entry: JournalEntry) -> Found:
    return Found(request=entry.request, settled=entry.state is EntryState.SETTLED)
