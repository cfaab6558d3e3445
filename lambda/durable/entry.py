"""An entry of the journal, and how the tables keep it."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from uuid import UUID

from durable.book import Book, DurableRequest
from durable.errors import EntryUnreadable

Item = dict[str, Any]
"""An item as DynamoDB's client takes and gives it."""


class EntryState(StrEnum):
    """How far a journalled request is known to have come."""

    INTENT = "INTENT"
    SETTLED = "SETTLED"


@dataclass(frozen=True, slots=True)
class Identity:
    """What must be the same wherever a request is kept under its idempotency key."""

    entry_id: str
    request_hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalEntry:
    """One request under its idempotency key. Only `state` ever changes."""

    idempotency_key: str
    entry_id: str
    request_hash: str
    request: DurableRequest
    epoch: int
    """Epoch of the lease under which the entry was accepted."""
    region: str
    state: EntryState
    """INTENT in what is read from the arrivals, which do not keep it: `Journal.settled` knows."""
    accepted_at_ms: int
    """Milliseconds since 1970, UTC."""
    principal: str = ""
    """Who asked for it, by the name that the system gives it. Empty where nobody had to say."""
    source: Item | None = field(default=None, compare=False, repr=False)
    """The item that this was read from, with all that newer code wrote and this code ignores."""

    @property
    def identity(self) -> Identity:
        """Which request this is. A key alone does not say so: a restored table forgets whose it was."""
        return Identity(self.entry_id, self.request_hash)


@dataclass(frozen=True, slots=True)
class Unreadable:
    """An entry that this code does not understand: it is set aside by its key, and the rest goes on."""

    idempotency_key: str
    identity: Identity | None
    """None when not even that can be read."""


Kept = JournalEntry | Unreadable
"""What a reader of the tables meets."""


def to_item(entry: JournalEntry) -> Item:
    """All that never changes of the entry, with what newer code added to it."""
    source = entry.source or {}
    text = entry.request.canonical()
    if "request" in source and type(entry.request).parse(source["request"]["S"]) == entry.request:
        text = source["request"]["S"]
    return {
        **{name: value for name, value in source.items() if name not in {"state", "window"}},
        "idempotency_key": {"S": entry.idempotency_key},
        "entry_id": {"S": entry.entry_id},
        "request_hash": {"S": entry.request_hash},
        "request": {"S": text},
        "epoch": {"N": str(entry.epoch)},
        "region": {"S": entry.region},
        "accepted_at_ms": {"N": str(entry.accepted_at_ms)},
        **({"principal": {"S": entry.principal}} if entry.principal else {}),
    }


def from_item(item: Item, book: Book) -> JournalEntry:
    """The entry of an item of the journal or of the arrivals.

    Raises:
        EntryUnreadable: something that is needed is missing, or is not what it should be.
    """
    try:
        return JournalEntry(
            idempotency_key=item["idempotency_key"]["S"],
            entry_id=_uuid(item["entry_id"]["S"]),
            request_hash=item["request_hash"]["S"],
            request=_storable(book.parse(item["request"]["S"])),
            epoch=int(item["epoch"]["N"]),
            region=item["region"]["S"],
            state=EntryState(item["state"]["S"]) if "state" in item else EntryState.INTENT,
            accepted_at_ms=int(item["accepted_at_ms"]["N"]),
            principal=item["principal"]["S"] if "principal" in item else "",
            source=item,
        )
    # A text that is nested deeply overflows its parser's stack.
    except (AttributeError, KeyError, RecursionError, TypeError, ValueError) as error:
        # The error may quote the entry: only its kind is told.
        raise EntryUnreadable(f"journal entry: {type(error).__name__}") from None


def kept(item: Item, book: Book) -> Kept:
    """The entry of an item, or that it cannot be read. Every item has its key: DynamoDB sees to it."""
    try:
        return from_item(item, book)
    except EntryUnreadable:
        return Unreadable(item["idempotency_key"]["S"], _identity(item))


def _storable(request: DurableRequest) -> DurableRequest:
    """The request; raises ValueError where a text has half of a surrogate pair, which no database takes."""
    for value in request.row().values():
        str(value).encode()
    return request


def _uuid(text: str) -> str:
    UUID(text)
    return text


def _identity(item: Item) -> Identity | None:
    try:
        return Identity(item["entry_id"]["S"], item["request_hash"]["S"])
    except (KeyError, TypeError):
        return None
