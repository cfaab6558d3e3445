"""What became of a payment, asked by its id."""

from dataclasses import dataclass

from durable.book import DurableRequest
from durable.bounded_calls import BoundedCalls
from durable.entry import EntryState, JournalEntry
from durable.errors import JournalUnavailable
from durable.journal import Journal
from durable.ledger_connection import LedgerConnection
from payments.payer import Payer
from payments.problems import Problem, Refused
from runtime.database import DatabaseUnavailable

JOURNAL_LIMIT_S = 2.5
"""All that a request waits for the journal, after the ledger; together they leave time to ask the holder."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A payment, and whether it is in the ledger or will be."""

    request: DurableRequest
    settled: bool


class Whereabouts:
    """Asks this region's copy of the ledger, then the journal, which has what is accepted and not there."""

    def __init__(self, *, ledger: LedgerConnection, journal: Journal) -> None:
        self._ledger = ledger
        self._journal = journal
        self._bounded = BoundedCalls()

    def find(self, payment_id: str, *, payer: Payer) -> Found | None:
        """The payment of this payer, or None when both were asked and neither has it.

        Raises:
            Refused: one of them did not answer, and the other does not have it. So nobody knows.
        """
        try:
            recorded = self._ledger.use(lambda ledger: ledger.find(payment_id, principal=payer))
        except DatabaseUnavailable as error:
            if found := self._promised(payment_id, payer):
                return found
            raise Refused(Problem.UNAVAILABLE, "The ledger does not answer.") from error
        return Found(request=recorded, settled=True) if recorded else self._promised(payment_id, payer)

    def _promised(self, payment_id: str, payer: Payer) -> Found | None:
        try:
            entry = self._bounded.run(lambda: self._journal.promised(payment_id), within_s=JOURNAL_LIMIT_S)
        except (JournalUnavailable, TimeoutError) as error:
            raise Refused(Problem.UNAVAILABLE, "The journal does not answer.") from error
        return _found(entry) if entry and entry.principal == payer else None


def _found(entry: JournalEntry) -> Found:
    return Found(request=entry.request, settled=entry.state is EntryState.SETTLED)
