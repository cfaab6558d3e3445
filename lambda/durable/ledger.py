"""The ledger: the requests that happened, in a database behind an epoch fence."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from durable.book import Book, DurableRequest
from durable.engine import Ask, Refusal, StatementRefused
from durable.entry import Identity, JournalEntry
from durable.outbox import event_id
from durable.set_aside import NotRecordable, SetAside, Why
from failover.ports import StaleEpoch
from runtime.database import DatabaseUnavailable


@dataclass(frozen=True, slots=True)
class Row:
    """A request as a copy of the ledger has it."""

    identity: Identity
    settled_at_ms: int
    """Milliseconds since 1970, by the writer's clock."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Examined:
    """A request as a copy of the ledger has it, whole."""

    identity: Identity
    principal: str
    live: bool
    """Whether it has not come to an end, as the ledger lists it: see `Book.live`."""
    request: DurableRequest


class Ledger:
    """The ledger behind one open connection.

    Every method raises `DatabaseUnavailable` when the database fails or does not answer in time;
    the connection is then in an unknown state and must not be used again.
    """

    def __init__(self, connection: Any, book: Book) -> None:
        self._book = book
        self._asks = book.engine.asks(connection, book)

    def migrate(self) -> None:
        """Create what is missing of the ledger's schema; safe to run at any time, by anybody."""
        self._asks.migrate()

    def raise_fence(self, epoch: int) -> None:
        """Let only writers of `epoch` in from now on; waits for transactions that were admitted.

        Raises:
            StaleEpoch: the fence is at a higher epoch already. It is never lowered.
        """
        if not self._run(Ask.RAISE_FENCE, epoch=epoch):
            raise StaleEpoch(epoch)

    def fence_epoch(self) -> int | None:
        """The epoch that may write, or None before the first holder set one."""
        rows = self._run(Ask.FENCE)
        return int(rows[0][0]) if rows else None

    def beat(self, epoch: int, *, now_ms: int) -> None:
        """Say that the writer of `epoch` is alive: a replica that has this has all that came before it.

        Raises:
            StaleEpoch: the fence is not at `epoch`, so nothing was written.
        """
        if not self._run(Ask.BEAT, epoch=epoch, now_ms=now_ms):
            raise StaleEpoch(epoch)

    def heartbeat(self) -> int | None:
        """The last beat that this copy has, in milliseconds since 1970, or None before the first."""
        rows = self._run(Ask.HEARTBEAT)
        return int(rows[0][0]) if rows else None

    def watermark(self) -> int | None:
        """The watermark of this copy, in minutes since 1970, or None before the first.

        Every request that arrived in an earlier minute, in time to be acknowledged, is in this copy, and
        settled. The watermark is written here and after them, so no copy has it without them, however far it
        lags or was set back.
        """
        rows = self._run(Ask.WATERMARK)
        return int(rows[0][0]) if rows else None

    def advance_watermark(self, minute: int, *, epoch: int) -> None:
        """Move the watermark to this minute; it never goes back.

        Raises:
            StaleEpoch: the fence is not at `epoch`, so nothing was written.
        """
        if not self._run(Ask.MARK, epoch=epoch, minute=minute):
            raise StaleEpoch(epoch)

    def forget_watermark(self, *, after: int, epoch: int) -> bool:
        """Whether there was a watermark beyond the minute *after*; without one the whole journal is compared.

        A fast clock set such a watermark: what came since may be in minutes that it has passed.
        """
        return bool(self._run(Ask.FORGET_WATERMARK, minute=after, epoch=epoch))

    def announced(self, epoch: int) -> bool:
        """Whether the end of the takeover of this epoch was published."""
        return bool(self._run(Ask.ANNOUNCED, epoch=epoch))

    def announce(self, epoch: int) -> None:
        """Note that it was. Nothing is noted where the fence is not at this epoch."""
        self._run(Ask.ANNOUNCE, epoch=epoch)

    def newest(self, most: int) -> dict[str, Row]:
        """The requests that this copy got last, by their keys."""
        return _rows(self._run(Ask.NEWEST, most=most))

    def settled_in(self, minute: int, most: int, *, last: bool) -> dict[str, Row]:
        """The first requests that were settled in this minute since 1970, or the last ones, by their keys."""
        ask = Ask.LAST_IN if last else Ask.FIRST_IN
        return _rows(self._run(ask, minute=minute, most=most))

    def noted(self, entry_ids: Iterable[str]) -> set[str]:
        """Those of the requests that `record` wrote: it notes an event with each.

        A row that somebody booked by hand has none, and was never in the journal.
        """
        wanted = {event_id(self._book.event, entry_id): entry_id for entry_id in entry_ids}
        rows = self._run(Ask.NOTED, ids=list(wanted))
        return {wanted[str(found)] for [found] in rows}

    def admits(self, epoch: int) -> bool:
        """Whether a request of this epoch would be recorded now; asks just what `record` asks.

        A read-only replica refuses, which is a DatabaseUnavailable.
        """
        [[admitted]] = self._run(Ask.ADMITS, epoch=epoch)
        return bool(admitted)

    def record(self, entry: JournalEntry, *, epoch: int, region: str) -> None:
        """Settle the request, once: the fence check, the row and its event are one transaction.

        Args:
            entry: the journalled request; a second record of the same request changes nothing.
            epoch: the writer's epoch, which may be later than the one that accepted the entry.
            region: where the writer runs.

        Raises:
            StaleEpoch: the fence is not at `epoch`, so nothing was written.
            NotRecordable: the ledger has another request under this key or id, or takes no such data.
        """
        try:
            [[at_epoch, written]] = self._run(
                Ask.RECORD,
                entry_id=entry.entry_id,
                idempotency_key=entry.idempotency_key,
                request_hash=entry.request_hash,
                principal=entry.principal,
                epoch=epoch,
                region=region,
                event_id=event_id(self._book.event, entry.entry_id),
                event=self._book.event,
                **entry.request.row(),
            )
        except StatementRefused as error:
            if error.refusal is Refusal.DATA:
                raise _not_recordable(entry, Why.REFUSED) from error
            raise
        if not at_epoch:
            raise StaleEpoch(epoch)
        if not written:
            self._must_have(entry)

    def _must_have(self, entry: JournalEntry) -> None:
        """A row under the key is no proof: it must be this very request."""
        rows = self._run(Ask.SAME, key=entry.idempotency_key, entry_id=entry.entry_id)
        if not rows:
            raise DatabaseUnavailable("ledger: a request was neither written nor found")
        if _identities(rows) != {entry.idempotency_key: entry.identity}:
            raise _not_recordable(entry, Why.CONTRADICTED)

    def recorded(self, keys: Iterable[str]) -> dict[str, Identity]:
        """Which request the ledger has under each of the keys that it knows."""
        rows = self._run(Ask.RECORDED, keys=list(keys))
        return _identities(rows)

    def examined(self, keys: Iterable[str]) -> dict[str, Examined]:
        """What the ledger has under each of the keys that it knows, whole."""
        rows = self._run(Ask.EXAMINED, keys=list(keys))
        return {
            key: Examined(
                identity=Identity(str(entry_id), request_hash),
                principal=principal,
                live=bool(live),
                request=self._book.read(dict(zip(self._book.columns, row, strict=True))),
            )
            for key, entry_id, request_hash, principal, live, *row in rows
        }

    def set_aside(self, found: Iterable[SetAside], *, epoch: int) -> None:
        """List these for a person, each once; the list is replicated with the ledger.

        Raises:
            StaleEpoch: the fence is not at `epoch`, so nothing was written.
        """
        for one in found:
            if not self._run(
                Ask.SET_ASIDE,
                key=one.idempotency_key,
                entry_id=one.entry_id,
                why=one.why,
                epoch=epoch,
            ):
                raise StaleEpoch(epoch)

    def aside(self, most: int) -> list[SetAside]:
        """What was set aside, first what nobody looked at for the longest time."""
        try:
            rows = self._run(Ask.ASIDE, most=most)
        except StatementRefused as error:
            if error.refusal is Refusal.NO_TABLE:
                return []  # A replica whose writer runs older code.
            raise
        return [SetAside(idempotency_key=key, entry_id=entry_id, why=why) for key, entry_id, why in rows]

    def take_off(self, key: str, *, epoch: int) -> None:
        """Strike the entries under this key off the list of those set aside, if the fence is at `epoch`."""
        self._run(Ask.TAKE_OFF, key=key, epoch=epoch)

    def find(self, entry_id: str, *, principal: str = "") -> DurableRequest | None:
        """The request with this UUID, if it is *principal*'s and in this region's copy of the ledger."""
        rows = self._run(Ask.FIND, entry_id=entry_id, principal=principal)
        return self._book.read(dict(zip(self._book.columns, rows[0], strict=True))) if rows else None

    def live(self, *, principal: str, after: str, most: int) -> dict[str, DurableRequest]:
        """*principal*'s requests that have not come to an end, by their ids, in order and beyond *after*."""
        rows = self._run(Ask.LIVE, principal=principal, after=after, most=most)
        return {
            str(entry_id): self._book.read(dict(zip(self._book.columns, row, strict=True)))
            for entry_id, *row in rows
        }

    def _run(self, ask: Ask, **values: Any) -> list[list[Any]]:
        try:
            return self._asks.run(ask, **values)
        except StatementRefused as error:
            if not values or error.refusal is not Refusal.OLDER_SCHEMA:
                raise
        self.migrate()  # A ledger of an older release: whoever needs it first brings it forward.
        return self._asks.run(ask, **values)


def _identities(rows: Iterable[list[Any]]) -> dict[str, Identity]:
    return {key: Identity(str(entry_id), request_hash) for key, entry_id, request_hash in rows}


def _rows(rows: Iterable[list[Any]]) -> dict[str, Row]:
    return {key: Row(Identity(str(each), digest), settled_ms) for key, each, digest, settled_ms in rows}


def _not_recordable(entry: JournalEntry, why: Why) -> NotRecordable:
    found = SetAside(idempotency_key=entry.idempotency_key, entry_id=entry.entry_id, why=why)
    return NotRecordable(found)
