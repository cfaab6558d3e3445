"""How a reader knows that it has what somebody wrote last."""

import time
from collections.abc import Callable
from typing import Protocol

from pg8000.native import Connection

# A promoted replica is in no recovery: it is then the database itself, and behind nobody.
_CAUGHT_UP = "select not pg_is_in_recovery() or pg_last_wal_replay_lsn() >= cast(:position as pg_lsn)"
BEHIND_S = 10.0
"""Longer than Aurora's readers are behind: less than 0.1 s as a rule, and an alarm rings at one second."""


class Order(Protocol):
    """Positions in what was written. A position is a text that only the one who made it understands."""

    def reached(self, connection: Connection) -> str:
        """The position of the writer, with all that this connection wrote."""

    def has(self, connection: Connection, position: str) -> bool:
        """Whether this reader has got so far."""


class LogOrder:
    """Positions in the write-ahead log, which PostgreSQL's readers tell."""

    def reached(self, connection: Connection) -> str:
        """The writer's log ends here."""
        [[position]] = connection.run("select pg_current_wal_insert_lsn()::text")
        return str(position)

    def has(self, connection: Connection, position: str) -> bool:
        """Whether the reader replayed so far, or is the writer by now."""
        [[caught_up]] = connection.run(_CAUGHT_UP, position=position)
        return bool(caught_up)


class TimeOrder:
    """Moments. Aurora's readers share the writer's storage and cannot tell how far they have read.

    Their functions of the write-ahead log are not supported, so the writer reads to who wrote a moment ago.
    https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/AuroraPostgreSQL.Replication.html
    """

    def __init__(self, now_s: Callable[[], float] = time.time) -> None:
        self._now_s = now_s

    def reached(self, connection: Connection) -> str:  # noqa: ARG002 - no question to the database
        """Now."""
        return str(self._now_s())

    def has(self, connection: Connection, position: str) -> bool:  # noqa: ARG002 - the same
        """Whether that was long enough ago."""
        return self._now_s() - float(position) >= BEHIND_S
