"""What the ledger and its outbox ask of a database engine. Each engine says it in its own SQL.

`durable.postgresql` is one. Another one is a module with an `Engine` that a system names in its `Book`, and
passes the tests of the ledger on a real server.
"""

from enum import Enum, StrEnum, auto
from typing import TYPE_CHECKING, Any, Protocol

from runtime.database import DatabaseUnavailable

if TYPE_CHECKING:
    from durable.book import Book


class Ask(StrEnum):
    """A question or a change, with the values that it takes and the rows that answer it.

    What takes an `epoch` changes nothing and answers no row unless the fence is at it, and holds the fence
    still until it is committed. Ids are UUIDs as text, moments are milliseconds since 1970, by the server's
    clock.
    """

    FENCE = auto()
    """No values: [epoch], or no row before the first holder."""
    RAISE_FENCE = auto()
    """epoch: [epoch]; no row when the fence is at a higher one. Waits for transactions that were admitted."""
    ADMITS = auto()
    """epoch: [whether the fence is at it]. A replica refuses."""
    BEAT = auto()
    """epoch, now_ms: [the last beat], which never goes back."""
    HEARTBEAT = auto()
    """No values: [the last beat], or no row."""
    MARK = auto()
    """epoch, minute: [the watermark], which never goes back."""
    WATERMARK = auto()
    """No values: [the watermark], or no row."""
    FORGET_WATERMARK = auto()
    """epoch, minute: [the watermark that went] if it was beyond this minute."""
    ANNOUNCE = auto()
    """epoch: no row; notes that the end of its takeover was published."""
    ANNOUNCED = auto()
    """epoch: [epoch] if that was noted, wherever the fence is."""
    RECORD = auto()
    """entry_id, idempotency_key, request_hash, principal, epoch, region, event_id, event, the book's columns:
    [whether the fence is at the epoch, whether the row and its event were written]."""
    SAME = auto()
    """key, entry_id: [key, id, hash] of every row under either."""
    RECORDED = auto()
    """keys: [key, id, hash] of the rows under them."""
    EXAMINED = auto()
    """keys: [key, id, hash, principal, whether `Book.live` names it, the book's columns] of the rows under
    them."""
    NEWEST = auto()
    """most: [key, id, hash, settled at], the latest first."""
    FIRST_IN = auto()
    """minute, most: [key, id, hash, settled at] of those settled in it, the earliest first."""
    LAST_IN = auto()
    """The same, the latest first."""
    NOTED = auto()
    """ids: [event id] of those in the outbox."""
    FIND = auto()
    """entry_id, principal: [the book's columns]."""
    LIVE = auto()
    """principal, after, most: [id, the book's columns] of those that `Book.live` names, by id, after it."""
    SET_ASIDE = auto()
    """epoch, key, entry_id, why: [why]."""
    ASIDE = auto()
    """most: [key, id, why], first what nobody looked at for the longest time."""
    TAKE_OFF = auto()
    """epoch, key: no row."""
    PENDING = auto()
    """most: [event id, type, id, epoch, region, settled at in RFC 3339, the book's told columns], the oldest
    first, of the events that are to be published now."""
    PUBLISHED = auto()
    """ids: no row; these events were."""
    PUT_OFF = auto()
    """ids, first, longest, day in seconds: [event id, whether it is parked now]."""
    TRY_PARKED = auto()
    """No values, no row; parked events are as if they had never been refused."""
    WAITING = auto()
    """No values: [age in milliseconds of the oldest event that is neither published nor parked, or null; how
    many are parked]."""


class Refusal(Enum):
    """Why a server refuses a statement, as far as it matters here."""

    DATA = auto()
    """These values can never be stored."""
    OLDER_SCHEMA = auto()
    """A function or a column is missing that a newer release made."""
    NO_TABLE = auto()
    OTHER = auto()


class StatementRefused(DatabaseUnavailable):
    """The server answered with this error.

    Args:
        code: the server's own code. Its message may quote the row that it refused, so it is not passed on.
        refusal: what that code means.
    """

    def __init__(self, code: str, refusal: Refusal) -> None:
        super().__init__(f"ledger: {code}")
        self.refusal = refusal


class Connection(Protocol):
    """An open connection of the engine's driver."""

    def close(self) -> None:
        """Give it back."""


class Asks(Protocol):
    """One open connection. Every method raises DatabaseUnavailable, and StatementRefused, which is one."""

    def migrate(self) -> None:
        """Create what is missing of the ledger's schema; safe to run at any time, by anybody."""

    def run(self, ask: Ask, /, **values: Any) -> list[list[Any]]:
        """The rows that answer it."""


class Engine(Protocol):
    """A database engine."""

    def asks(self, connection: Any, book: "Book") -> Asks:
        """The questions of this book over one connection of the engine's driver."""

    def close(self, connection: Connection) -> None:
        """Close a connection, broken or not."""
