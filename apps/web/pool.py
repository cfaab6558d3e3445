"""Connections that outlive a request, and that are remade when the database moved."""

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import TypeVar

from pg8000.exceptions import Error
from pg8000.native import Connection

from runtime.database import DatabaseUnavailable

T = TypeVar("T")

SIZE = 8
WAIT_S = 2.0
AGE_S = 300.0
"""A connection is replaced after this long, so that a name that moved is followed even without an error."""


class Busy(DatabaseUnavailable):
    """Every connection is in use. That says nothing about the database."""


@dataclass(frozen=True, slots=True)
class _Kept:
    connection: Connection
    opened_at: float


class Pool:
    """At most `size` connections to one database; work borrows one at a time.

    Args:
        connect: opens a connection, or raises DatabaseUnavailable.
        clock: seconds, never backwards.
    """

    def __init__(
        self,
        connect: Callable[[], Connection],
        *,
        size: int = SIZE,
        wait_s: float = WAIT_S,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._connect = connect
        self._slots = threading.BoundedSemaphore(size)
        self._wait_s = wait_s
        self._clock = clock
        self._lock = threading.Lock()
        self._idle: list[_Kept] = []

    def run(self, work: Callable[[Connection], T]) -> T:
        """What *work* returns. It may run twice, so it must be idempotent.

        After a failover every idle connection is dead: the first error drops them all, and *work* runs once
        more over a new one.

        Raises:
            Busy: all connections were in use for too long.
            DatabaseUnavailable: the database failed over a new connection.
        """
        if not self._slots.acquire(timeout=self._wait_s):
            raise Busy(f"every connection was busy for {self._wait_s} s")
        try:
            kept = self._take()
            if kept is not None:
                with suppress(DatabaseUnavailable):
                    return self._work(kept, work)
                self.drop_idle()
            return self._work(_Kept(self._connect(), self._clock()), work)
        finally:
            self._slots.release()

    def drop_idle(self) -> None:
        """Close every connection that nobody uses at the moment."""
        with self._lock:
            idle, self._idle = self._idle, []
        for kept in idle:
            _close(kept.connection)

    def _take(self) -> _Kept | None:
        with self._lock:
            kept = self._idle.pop() if self._idle else None
        if kept is not None and self._clock() - kept.opened_at > AGE_S:
            _close(kept.connection)
            return None
        return kept

    def _work(self, kept: _Kept, work: Callable[[Connection], T]) -> T:
        """Keeps the connection only after success: after an error nobody knows in which state it is."""
        try:
            result = work(kept.connection)
        except (Error, OSError) as error:
            _close(kept.connection)
            raise DatabaseUnavailable(f"the database failed: {error}") from error
        except BaseException:
            _close(kept.connection)
            raise
        with self._lock:
            self._idle.append(kept)
        return result


def _close(connection: Connection) -> None:
    with suppress(Error, OSError):  # one that is broken already is as closed as it can be
        connection.close()
