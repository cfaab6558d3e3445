"""Statements on the ledger's database, and what their failures are to everybody here."""

from collections.abc import Callable
from typing import Any

import pg8000.exceptions
import pg8000.native

from runtime.database import DatabaseUnavailable

UNDEFINED_TABLE = "42P01"
OLDER_SCHEMA = frozenset({"42883", "42703"})
"""A function, or a column, that a newer release made."""


class StatementRefused(DatabaseUnavailable):
    """The server answered with an error of this SQLSTATE."""

    def __init__(self, sqlstate: str) -> None:
        # A server's message may quote the row it refused, so only its code is passed on.
        super().__init__(f"ledger: SQLSTATE {sqlstate}")
        self.sqlstate = sqlstate

    @property
    def by_its_data(self) -> bool:
        """Whether these values can never be stored: data exceptions, and broken constraints."""
        return self.sqlstate[:2] in {"22", "23"}


def run(connection: pg8000.native.Connection, sql: str, **parameters: Any) -> list[list[Any]]:
    """The rows of a statement.

    Raises:
        DatabaseUnavailable: the database failed or did not answer in time.
    """
    return _rows(lambda: connection.run(sql, **parameters))


class Statements:
    """Statements with parameters on one connection, each parsed by the server only once.

    pg8000 waits three times for the server to run such a statement. The first run here takes two waits, and
    every later one a single wait.
    """

    def __init__(self, connection: pg8000.native.Connection) -> None:
        self._connection = connection
        self._prepared: dict[str, pg8000.native.PreparedStatement] = {}

    def run(self, sql: str, **parameters: Any) -> list[list[Any]]:
        """The rows of a statement.

        Raises:
            DatabaseUnavailable: the database failed or did not answer in time.
        """
        return _rows(lambda: self._statement(sql).run(**parameters))

    def _statement(self, sql: str) -> pg8000.native.PreparedStatement:
        if sql not in self._prepared:
            self._prepared[sql] = self._connection.prepare(sql)
        return self._prepared[sql]


def _rows(ask: Callable[[], Any]) -> list[list[Any]]:
    # An OSError is a first read that pg8000 did not wrap.
    try:
        return list(ask() or ())
    except pg8000.exceptions.DatabaseError as error:
        raise StatementRefused(str(error.args[0].get("C"))) from error
    except (pg8000.exceptions.InterfaceError, OSError) as error:
        raise DatabaseUnavailable(f"ledger: {error}") from error
