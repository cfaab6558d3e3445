"""Which database answers: the writer takes what is written, the replica is read, and else the writer."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from pg8000.native import Connection

from apps.web.order import LogOrder, Order
from apps.web.pool import Busy, Pool
from runtime.database import DatabaseUnavailable
from runtime.logs import logger

T = TypeVar("T")

REST_S = 5.0
"""After a failure a database is left alone for so long, or each request would wait for its timeout."""
FRESH_S = 15.0
"""A sighting older than this says nothing any more."""

_WRITABLE = "select not pg_is_in_recovery() and not current_setting('transaction_read_only')::boolean"


class Source(StrEnum):
    """The database that answered."""

    WRITER = "writer"
    REPLICA = "replica"


@dataclass(frozen=True, slots=True, kw_only=True)
class Read(Generic[T]):
    """What was read, and how far to trust that it is the newest."""

    value: T
    source: Source
    stale: bool = False
    """What the reader wrote last may be missing: the replica has not got it, and the writer is away."""


class Unfit(DatabaseUnavailable):
    """It answers, and does not do what it is for."""


class Endpoint:
    """One database and what is known of it. Threads share it; a fact that is a moment old does no harm."""

    def __init__(self, source: Source, pool: Pool, clock: Callable[[], float] = time.monotonic) -> None:
        self.source = source
        self._pool = pool
        self._clock = clock
        self._resting_until = clock()
        self._last: tuple[bool, float] | None = None

    @property
    def seen(self) -> bool | None:
        """Whether it answered when it was last asked; None when that is too long ago."""
        if self._last is None or self._clock() - self._last[1] >= FRESH_S:
            return None
        return self._last[0]

    @property
    def well(self) -> bool:
        """Whether it answered lately; unknown is not well."""
        return self.seen is True

    def run(self, work: Callable[[Connection], T]) -> T:
        """What *work* returns; see `Pool.run`.

        Raises:
            DatabaseUnavailable: it failed, now or a moment ago.
        """
        if self._clock() < self._resting_until:
            raise DatabaseUnavailable(f"the {self.source} failed a moment ago")
        return self._attempt(work)

    def probe(self) -> bool:
        """Ask it whether it does what it is for, also while it rests; whether it is well."""
        before = self.seen
        try:
            self._attempt(self._fit)
        except DatabaseUnavailable as error:
            if before is not False:
                logger.warning("database away", extra={"database": self.source, "reason": str(error)})
        else:
            if before is False:
                logger.info("database back", extra={"database": self.source})
        return self.well

    def _fit(self, connection: Connection) -> None:
        [[writable]] = connection.run(_WRITABLE)
        if self.source is Source.WRITER and not writable:
            # The name still leads to a database that lost its role: only a new connection follows it.
            raise Unfit("it takes no writes")

    def _attempt(self, work: Callable[[Connection], T]) -> T:
        began = self._clock()
        try:
            result = self._pool.run(work)
        except Busy:
            raise  # nor does a crowd of requests make an instance unready
        except DatabaseUnavailable as error:
            if isinstance(error, Unfit) or not self._answered_since(began):
                self._resting_until = self._clock() + REST_S
                self._last = (False, self._clock())
            raise
        self._resting_until = self._clock()
        self._last = (True, self._clock())
        return result

    def _answered_since(self, moment: float) -> bool:
        """Whether somebody else was answered meanwhile: then one connection failed, not the database."""
        return self._last is not None and self._last[0] and self._last[1] > moment


class Databases:
    """The writer, which is the only one that takes writes, and its read replica.

    *order* tells whether the replica has what somebody wrote.
    """

    def __init__(self, writer: Endpoint, replica: Endpoint, order: Order | None = None) -> None:
        self.writer = writer
        self.replica = replica
        self._order = order or LogOrder()

    @property
    def readable(self) -> bool:
        """Whether this instance could read a moment ago."""
        return self.writer.well or self.replica.well

    def write(self, work: Callable[[Connection], T]) -> tuple[T, str]:
        """What *work* returns at the writer, and the position that has what it wrote.

        It may run twice, so it must be idempotent.

        Raises:
            DatabaseUnavailable: the writer is away. Whether the write was done is then unknown.
        """
        return self.writer.run(lambda connection: (work(connection), self._order.reached(connection)))

    def read(self, work: Callable[[Connection], T], *, after: str | None = None) -> Read[T]:
        """Run *work* at the replica, else at the writer.

        Args:
            work: reads, and may run twice.
            after: the position of what the reader wrote last. A replica that has not
                got so far answers only when the writer is away, and the answer is then stale.

        Raises:
            DatabaseUnavailable: neither answers.
        """
        try:
            caught_up, value = self.replica.run(lambda connection: self._replicated(connection, work, after))
        except DatabaseUnavailable:
            return Read(value=self.writer.run(work), source=Source.WRITER)
        if caught_up:
            return Read(value=value, source=Source.REPLICA)
        try:
            return Read(value=self.writer.run(work), source=Source.WRITER)
        except DatabaseUnavailable:
            return Read(value=value, source=Source.REPLICA, stale=True)

    def _replicated(
        self, connection: Connection, work: Callable[[Connection], T], after: str | None
    ) -> tuple[bool, T]:
        """First whether the position was reached, then the work: the other way round it could be missed."""
        caught_up = after is None or self._order.has(connection, after)
        return caught_up, work(connection)
