"""The ledger over a connection that outlives the request."""

import time
from collections.abc import Callable
from typing import Any, TypeVar

from durable.book import Book
from durable.bounded_calls import BoundedCalls
from durable.ledger import Ledger
from runtime.database import Database, DatabaseUnavailable

LIMIT_S = 3.0
"""All that a request waits for the database, from parameters and connecting to the last answer."""

QUICK_S = 0.5
"""A connection that died between two requests fails this fast; a database in trouble does not."""

T = TypeVar("T")


class LedgerConnection:
    """Lends out the ledger, and reopens its connection once when it turns out to be broken."""

    def __init__(self, database: Database, book: Book, limit_s: float = LIMIT_S) -> None:
        self._database = database
        self._book = book
        self._limit_s = limit_s
        self._bounded = BoundedCalls()
        # With its ledger, which knows the statements that the connection has prepared.
        self._kept: tuple[Any, Ledger] | None = None

    def use(self, work: Callable[[Ledger], T]) -> T:
        """What `work` returns. It may be run twice, so it must be idempotent.

        Raises:
            DatabaseUnavailable: the database failed, or took longer than the limit.
        """
        try:
            return self._bounded.run(lambda: self._work(work), within_s=self._limit_s)
        except TimeoutError:
            raise DatabaseUnavailable(f"no answer within {self._limit_s} s") from None

    def _work(self, work: Callable[[Ledger], T]) -> T:
        reused = self._kept is not None
        started = time.monotonic()
        try:
            return self._attempt(work)
        except DatabaseUnavailable:
            if not reused or time.monotonic() - started > QUICK_S:
                raise
        return self._attempt(work)

    def _attempt(self, work: Callable[[Ledger], T]) -> T:
        if self._kept is None:
            connection = self._database.connect()
            self._kept = (connection, Ledger(connection, self._book))
        connection, ledger = self._kept
        try:
            return work(ledger)
        except DatabaseUnavailable:
            self._kept = None
            self._book.engine.close(connection)
            raise
