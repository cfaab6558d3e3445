"""What a drill writes down: what clients asked, and what ledger and journal hold.

All times are epoch seconds of the one clock that the harness and the local cloud share.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from http import HTTPStatus


class Kind(StrEnum):
    """What a client wants."""

    PLACE = "place"
    """A new entry of the ledger: a payment, an order."""
    CANCEL = "cancel"
    """That an entry no longer stands, which is an entry of its own."""
    READ = "read"
    """To know what became of one."""
    LIST = "list"
    """To know which ones stand."""

    @property
    def writes(self) -> bool:
        """Whether what is acknowledged must be in the ledger."""
        return self in {Kind.PLACE, Kind.CANCEL}


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One HTTP request of an operation, and all that the client learnt from it."""

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
    entry_id: str | None = None
    """Of the entry that it made, as the answer tells it."""
    told: str = ""
    """What the answer says that became of the entry, where it says so."""

    @property
    def settled(self) -> bool:
        """Whether all was done that was asked for: what is written is in the ledger."""
        return self.status in {HTTPStatus.OK, HTTPStatus.CREATED}

    @property
    def accepted(self) -> bool:
        """Whether it was acknowledged as journalled, to be settled later."""
        return self.status == HTTPStatus.ACCEPTED


@dataclass(slots=True, kw_only=True)
class Operation:
    """One thing that a client wants: an idempotency key, and one attempt after the other."""

    key: str
    amount_minor: int
    """What is at stake, in minor units; 0 where it is nothing new."""
    currency: str
    due: float
    """When the open-model schedule wanted it to start."""
    started: float
    kind: Kind = Kind.PLACE
    about: str = ""
    """The id of the entry that is cancelled or read."""
    attempts: list[Attempt] = field(default_factory=list)

    @property
    def acknowledgements(self) -> list[Attempt]:
        """The attempts that were settled; more than one only if a client asks again."""
        return [attempt for attempt in self.attempts if attempt.settled]

    @property
    def acknowledged_at(self) -> float | None:
        """When the client first knew that it is settled."""
        return min((attempt.ended for attempt in self.acknowledgements), default=None)

    @property
    def only_accepted(self) -> bool:
        """Whether 202 is the best answer that it ever got."""
        return not self.acknowledgements and any(attempt.accepted for attempt in self.attempts)

    @property
    def entry_id(self) -> str | None:
        """The id under which its client knows it; None while it was not acknowledged."""
        known = (one.entry_id for one in self.attempts if one.settled or one.accepted)
        return next((entry_id for entry_id in known if entry_id), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerRow:
    """A row of the ledger's table of requests."""

    entry_id: str
    idempotency_key: str
    amount_minor: int
    currency: str
    epoch: int
    region: str
    cancels: str = ""
    """The id of the entry that it cancels."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalEntry:
    """An item of the journal table."""

    idempotency_key: str
    entry_id: str
    epoch: int
    state: str
