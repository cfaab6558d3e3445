"""The outbox: what the world must be told, written in the transaction that made it true."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid5

from durable.book import Book
from durable.engine import Ask

FIRST_PAUSE_S, LONGEST_PAUSE_S = 60, 900
"""Between two tries of a refused event: doubled each time, up to the longest."""
PARKED_AFTER_S = 86_400
"""An event that was refused for so long waits for a person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """What is still to be told."""

    oldest_ms: int
    """Age of the oldest event that was not published, those that are parked aside; 0 when there is none."""
    parked: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DomainEvent:
    """Something that happened, without personal data: who may know more asks for the request."""

    event_id: str
    type: str
    entry_id: str
    id_name: str
    """What the system calls that id, see `durable.book.Book.id_name`."""
    epoch: int
    region: str
    settled_at: str
    """RFC 3339, UTC."""
    told: Mapping[str, object]
    """What the system tells besides, see `durable.book.Book.told`."""

    def detail(self) -> dict[str, object]:
        """All of it: `durable.event_bus.Event`."""
        return {
            "event_id": self.event_id,
            "type": self.type,
            self.id_name: self.entry_id,
            **self.told,
            "epoch": self.epoch,
            "region": self.region,
            "settled_at": self.settled_at,
        }


def event_id(type_: str, entry_id: str) -> str:
    """The id of the event, which follows from the request.

    So a request that is recorded again, in a ledger that lost it with its region, is the same event
    to a consumer that has seen it.
    """
    return str(uuid5(UUID(entry_id), type_))


class Outbox:
    """The events of the ledger behind one open connection.

    Every method raises `DatabaseUnavailable` when the database fails or does not answer in time.
    """

    def __init__(self, connection: Any, book: Book) -> None:
        self._asks = book.engine.asks(connection, book)
        self._id_name = book.id_name
        self._told = book.told

    def pending(self, most: int) -> list[DomainEvent]:
        """The oldest events that are to be published now: a refused one comes again after a pause."""
        rows = self._asks.run(Ask.PENDING, most=most)
        return [
            DomainEvent(
                event_id=str(event),
                type=type_,
                entry_id=str(entry_id),
                id_name=self._id_name,
                epoch=epoch,
                region=region,
                settled_at=settled_at,
                told=dict(zip(self._told, told, strict=True)),
            )
            for event, type_, entry_id, epoch, region, settled_at, *told in rows
        ]

    def mark(self, event_ids: Collection[str]) -> None:
        """Note that these were published; doing so twice changes nothing."""
        if event_ids:
            self._asks.run(Ask.PUBLISHED, ids=list(event_ids))

    def put_off(self, event_ids: Collection[str]) -> set[str]:
        """The bus refused these: let them come again after a pause that grows.

        Returns:
            Those that were refused for a day. They are parked until a person has them tried again.
        """
        if not event_ids:
            return set()
        rows = self._asks.run(
            Ask.PUT_OFF,
            ids=list(event_ids),
            first=FIRST_PAUSE_S,
            longest=LONGEST_PAUSE_S,
            day=PARKED_AFTER_S,
        )
        return {str(event) for event, parked in rows if parked}

    def try_parked(self) -> None:
        """Let the parked events come again, at once and as if they had never been refused."""
        self._asks.run(Ask.TRY_PARKED)

    def waiting(self) -> Waiting:
        """What is still to be told, counted now."""
        [[oldest_ms, parked]] = self._asks.run(Ask.WAITING)
        return Waiting(oldest_ms=oldest_ms or 0, parked=parked)
