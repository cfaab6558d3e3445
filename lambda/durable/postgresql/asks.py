"""Statements on the ledger's database, and what their failures are to everybody here."""

from collections.abc import Callable
from typing import Any

import pg8000.exceptions
import pg8000.native

from durable.book import Book
from durable.engine import Ask, Refusal, StatementRefused
from durable.postgresql import ledger_sql, outbox_sql
from durable.postgresql.schema import SCHEMA
from runtime.database import DatabaseUnavailable

REFUSALS = {"42P01": Refusal.NO_TABLE, "42883": Refusal.OLDER_SCHEMA, "42703": Refusal.OLDER_SCHEMA}
"""By SQLSTATE: an undefined table, function, column."""
DATA = frozenset({"22", "23"})
"""Classes of SQLSTATE: data exceptions, and broken constraints."""


class PostgreSQLAsks:
    """What is asked of one connection; the server parses each statement only once.

    pg8000 waits three times for the server to run a statement with parameters. The first run here takes two
    waits, and every later one a single wait.
    """

    def __init__(self, connection: pg8000.native.Connection, book: Book) -> None:
        self._connection = connection
        self._book = book
        self._prepared: dict[Ask, pg8000.native.PreparedStatement] = {}

    def migrate(self) -> None:
        """Create what is missing of the ledger's schema; safe to run at any time, by anybody."""
        rows_of(lambda: self._connection.run(SCHEMA + self._book.tables))

    def run(self, ask: Ask, /, **values: Any) -> list[list[Any]]:
        """The rows that answer it."""
        if not values:
            return rows_of(lambda: self._connection.run(self.sql(ask)))
        return rows_of(lambda: self._statement(ask).run(**values))

    def sql(self, ask: Ask) -> str:
        """The statement, for the book's own table and columns."""
        statement: str = getattr(outbox_sql if hasattr(outbox_sql, ask.name) else ledger_sql, ask.name)
        columns = self._book.columns
        return statement.format(
            table=self._book.table,
            columns=", ".join(columns),
            values=", ".join(f":{name}" for name in columns),
            told=", ".join(self._book.told),
            live=self._book.live,
        )

    def _statement(self, ask: Ask) -> pg8000.native.PreparedStatement:
        if ask not in self._prepared:
            self._prepared[ask] = self._connection.prepare(self.sql(ask))
        return self._prepared[ask]


def rows_of(ask: Callable[[], Any]) -> list[list[Any]]:
    """The rows that this call of the driver answers with; raises as `durable.engine.Asks` says."""
    # An OSError is a first read that pg8000 did not wrap.
    try:
        return list(ask() or ())
    except pg8000.exceptions.DatabaseError as error:
        raise refused(str(error.args[0].get("C"))) from error
    except (pg8000.exceptions.InterfaceError, OSError) as error:
        raise DatabaseUnavailable(f"ledger: {error}") from error


def refused(sqlstate: str) -> StatementRefused:
    """The error of this SQLSTATE."""
    known = Refusal.DATA if sqlstate[:2] in DATA else REFUSALS.get(sqlstate, Refusal.OTHER)
    return StatementRefused(f"SQLSTATE {sqlstate}", known)
