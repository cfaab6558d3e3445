"""The ledger: the payments that happened, in PostgreSQL, behind an epoch fence."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pg8000.native

from durable import ledger_sql, sql
from durable.book import Book, DurableRequest
from durable.entry import Identity, JournalEntry
from durable.ledger_schema import SCHEMA
from durable.outbox import event_id
from durable.set_aside import NotRecordable, SetAside, Why
from failover.ports import StaleEpoch
from runtime.database import DatabaseUnavailable


@dataclass(frozen=True, slots=True)
class Row:
    """A payment as a copy of the ledger has it."""

    identity: Identity
    settled_at_ms: int
    """Milliseconds since 1970, by the writer's clock."""


class Ledger:
    """The ledger behind one open connection.

    Every method raises `DatabaseUnavailable` when the database fails or does not answer in time;
    the connection is then in an unknown state and must not be used again.
    """

    def __init__(self, connection: pg8000.native.Connection, book: Book) -> None:
        self._connection = connection
        self._book = book
        self._statements = sql.Statements(connection)

    def migrate(self) -> None:
        """Create what is missing of the ledger's schema; safe to run at any time, by anybody."""
        self._run(SCHEMA + self._book.tables)

    def raise_fence(self, epoch: int) -> None:
        """Let only writers of `epoch` in from now on; waits for transactions that were admitted.

        Raises:
            StaleEpoch: the fence is at a higher epoch already. It is never lowered.
        """
        if not self._run(ledger_sql.RAISE_FENCE, epoch=epoch):
            raise StaleEpoch(epoch)

    def fence_epoch(self) -> int | None:
        """The epoch that may write, or None before the first holder set one."""
        rows = self._run("select epoch from ledger.fence")
        return int(rows[0][0]) if rows else None

    def beat(self, epoch: int, *, now_ms: int) -> None:
        """Say that the writer of `epoch` is alive: a replica that has this has all that came before it.

        Raises:
            StaleEpoch: the fence is not at `epoch`, so nothing was written.
        """
        if not self._run(ledger_sql.BEAT, epoch=epoch, now_ms=now_ms):
            raise StaleEpoch(epoch)

    def heartbeat(self) -> int | None:
        """The last beat that this copy has, in milliseconds since 1970, or None before the first."""
        rows = self._run("select at_ms from ledger.heartbeat")
        return int(rows[0][0]) if rows else None

    def watermark(self) -> int | None:
        """The watermark of this copy, in minutes since 1970, or None before the first.

        Every payment that arrived in an earlier minute, in time to be acknowledged, is in this copy, and
        settled. The watermark is written here and after them, so no copy has it without them, however far it
        lags or was set back.
        """
        rows = self._run("select minute from ledger.watermark")
        return int(rows[0][0]) if rows else None

    def advance_watermark(self, minute: int, *, epoch: int) -> None:
        """Move the watermark to this minute; it never goes back.

        Raises:
            StaleEpoch: the fence is not at `epoch`, so nothing was written.
        """
        if not self._run(ledger_sql.MARK, epoch=epoch, minute=minute):
            raise StaleEpoch(epoch)

    def forget_watermark(self, *, after: int, epoch: int) -> bool:
        """Whether there was a watermark beyond the minute *after*; without one the whole journal is compared.

        A fast clock set such a watermark: what came since may be in minutes that it has passed.
        """
        return bool(self._run(ledger_sql.FORGET_WATERMARK, minute=after, epoch=epoch))

    def announced(self, epoch: int) -> bool:
        """Whether the end of the takeover of this epoch was published."""
        return bool(self._run("select epoch from ledger.announced where epoch = :epoch", epoch=epoch))

    def announce(self, epoch: int) -> None:
        """Note that it was. Nothing is noted where the fence is not at this epoch."""
        self._run(ledger_sql.ANNOUNCE, epoch=epoch)

    def newest(self, most: int) -> dict[str, Row]:
        """The payments that this copy got last, by their keys."""
        return _rows(self._run(ledger_sql.of(ledger_sql.NEWEST, self._book), most=most))

    def settled_in(self, minute: int, most: int, *, last: bool) -> dict[str, Row]:
        """The first payments that were settled in this minute since 1970, or the last ones, by their keys."""
        statement = ledger_sql.LAST_IN if last else ledger_sql.FIRST_IN
        return _rows(self._run(ledger_sql.of(statement, self._book), minute=minute, most=most))

    def noted(self, payment_ids: Iterable[str]) -> set[str]:
        """Those of the payments that `record` wrote: it notes an event with each.

        A row that somebody booked by hand has none, and was never in the journal.
        """
        wanted = {event_id(self._book.event, payment_id): payment_id for payment_id in payment_ids}
        rows = self._run(
            "select event_id from ledger.outbox where event_id = any(cast(:ids as uuid[]))", ids=list(wanted)
        )
        return {wanted[str(found)] for [found] in rows}

    def admits(self, epoch: int) -> bool:
        """Whether a payment of this epoch would be recorded now; asks just what `record` asks.

        A read-only replica refuses, which is a DatabaseUnavailable.
        """
        [[admitted]] = self._run(ledger_sql.ADMITS, epoch=epoch)
        return bool(admitted)

    def record(self, entry: JournalEntry, *, epoch: int, region: str) -> None:
        """Settle the payment, once: the fence check, the row and its event are one transaction.

        Args:
            entry: the journalled payment; a second record of the same payment changes nothing.
            epoch: the writer's epoch, which may be later than the one that accepted the entry.
            region: where the writer runs.

        Raises:
            StaleEpoch: the fence is not at `epoch`, so nothing was written.
            NotRecordable: the ledger has another payment under this key or id, or takes no such data.
        """
        try:
            [[at_epoch, written]] = self._run(
                ledger_sql.of(ledger_sql.RECORD, self._book),
                payment_id=entry.payment_id,
                idempotency_key=entry.idempotency_key,
                request_hash=entry.request_hash,
                payer=entry.payer,
                epoch=epoch,
                region=region,
                event_id=event_id(self._book.event, entry.payment_id),
                event=self._book.event,
                **entry.request.row(),
            )
        except sql.StatementRefused as error:
            if error.by_its_data:
                raise _not_recordable(entry, Why.REFUSED) from error
            raise
        if not at_epoch:
            raise StaleEpoch(epoch)
        if not written:
            self._must_have(entry)

    def _must_have(self, entry: JournalEntry) -> None:
        """A row under the key is no proof: it must be this very payment."""
        rows = self._run(
            ledger_sql.of(ledger_sql.SAME, self._book), key=entry.idempotency_key, payment_id=entry.payment_id
        )
        if not rows:
            raise DatabaseUnavailable("ledger: a payment was neither written nor found")
        if _identities(rows) != {entry.idempotency_key: entry.identity}:
            raise _not_recordable(entry, Why.CONTRADICTED)

    def recorded(self, keys: Iterable[str]) -> dict[str, Identity]:
        """Which payment the ledger has under each of the keys that it knows."""
        rows = self._run(ledger_sql.of(ledger_sql.RECORDED, self._book), keys=list(keys))
        return _identities(rows)

    def set_aside(self, found: Iterable[SetAside], *, epoch: int) -> None:
        """List these for a person, each once; the list is replicated with the ledger.

        Raises:
            StaleEpoch: the fence is not at `epoch`, so nothing was written.
        """
        for one in found:
            if not self._run(
                ledger_sql.SET_ASIDE,
                key=one.idempotency_key,
                payment_id=one.payment_id,
                why=one.why,
                epoch=epoch,
            ):
                raise StaleEpoch(epoch)

    def aside(self, most: int) -> list[SetAside]:
        """What was set aside, first what nobody looked at for the longest time."""
        try:
            rows = self._run(ledger_sql.ASIDE, most=most)
        except sql.StatementRefused as error:
            if error.sqlstate == sql.UNDEFINED_TABLE:
                return []  # A replica whose writer runs older code.
            raise
        return [
            SetAside(idempotency_key=key, payment_id=payment_id, why=why) for key, payment_id, why in rows
        ]

    def take_off(self, key: str, *, epoch: int) -> None:
        """Strike the entries under this key off the list of those set aside, if the fence is at `epoch`."""
        self._run(ledger_sql.TAKE_OFF, key=key, epoch=epoch)

    def find(self, payment_id: str, *, payer: str = "") -> DurableRequest | None:
        """What the payment with this UUID is, if it is *payer*'s and in this region's copy of the ledger."""
        rows = self._run(ledger_sql.of(ledger_sql.FIND, self._book), payment_id=payment_id, payer=payer)
        return self._book.read(dict(zip(self._book.columns, rows[0], strict=True))) if rows else None

    def _run(self, statement: str, **parameters: Any) -> list[list[Any]]:
        if not parameters:
            return sql.run(self._connection, statement)
        try:
            return self._statements.run(statement, **parameters)
        except sql.StatementRefused as error:
            if error.sqlstate not in sql.OLDER_SCHEMA:
                raise
        self.migrate()  # A ledger of an older release: whoever needs it first brings it forward.
        return self._statements.run(statement, **parameters)


def _identities(rows: Iterable[list[Any]]) -> dict[str, Identity]:
    return {key: Identity(str(payment_id), request_hash) for key, payment_id, request_hash in rows}


def _rows(rows: Iterable[list[Any]]) -> dict[str, Row]:
    return {key: Row(Identity(str(each), digest), settled_ms) for key, each, digest, settled_ms in rows}


def _not_recordable(entry: JournalEntry, why: Why) -> NotRecordable:
    found = SetAside(idempotency_key=entry.idempotency_key, payment_id=entry.payment_id, why=why)
    return NotRecordable(found)
