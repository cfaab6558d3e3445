"""What a drill writes down: payments and their attempts, rows of the ledger, entries of the journal.

All times are epoch seconds of the one clock that the harness and the local cloud share.
"""

from dataclasses import dataclass, field
from http import HTTPStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One HTTP request of a payment, and all that the client learnt from it."""

    started: float
    ended: float
    target: str | None
    """Region that the client's DNS answer named; None when the name did not resolve."""
    status: int | None = None
    """HTTP status; None when there was no answer, then `error` says why."""
    error: str | None = None
    region: str | None = None
    """Region that says it answered (X-Region)."""
    epoch: int | None = None
    """Epoch under which it says it answered (X-Epoch)."""
    payment_id: str | None = None

    @property
    def settled(self) -> bool:
        """Whether the payment was acknowledged as settled."""
        return self.status == HTTPStatus.CREATED

    @property
    def accepted(self) -> bool:
        """Whether the payment was acknowledged as journalled, to be settled later."""
        return self.status == HTTPStatus.ACCEPTED


@dataclass(slots=True, kw_only=True)
class Operation:
    """One payment that a client wants: an idempotency key, and one attempt after the other."""

    key: str
    amount_minor: int
    currency: str
    due: float
    """When the open-model schedule wanted it to start."""
    started: float
    attempts: list[Attempt] = field(default_factory=list)

    @property
    def acknowledgements(self) -> list[Attempt]:
        """The attempts answered with 201; more than one only if a client asks again."""
        return [attempt for attempt in self.attempts if attempt.settled]

    @property
    def acknowledged_at(self) -> float | None:
        """When the client first knew that the payment is settled."""
        return min((attempt.ended for attempt in self.acknowledgements), default=None)

    @property
    def only_accepted(self) -> bool:
        """Whether 202 is the best answer this payment ever got."""
        return not self.acknowledgements and any(attempt.accepted for attempt in self.attempts)


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerRow:
    """A row of `ledger.payments`."""

    payment_id: str
    idempotency_key: str
    amount_minor: int
    currency: str
    epoch: int
    region: str


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalEntry:
    """An item of the journal table."""

    idempotency_key: str
    payment_id: str
    epoch: int
    state: str
