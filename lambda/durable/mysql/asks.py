"""Statements on the ledger's database, and what their failures are to everybody here."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import pymysql

from durable.book import Book
from durable.engine import Ask, Refusal, StatementRefused
from durable.mysql import ledger_sql, outbox_sql
from durable.mysql.schema import LOCK, SCHEMA, UNLOCK
from durable.mysql.scripts import ROLL_BACK
from runtime.database import DatabaseUnavailable

DEADLOCK = 1213
"""The server undid the whole transaction to let another one pass."""
TRIES = 4
"""So often is a transaction run that deadlocks, each time from its beginning."""
MIGRATE_WAIT_S = 2
REFUSALS = {1146: Refusal.NO_TABLE, 1054: Refusal.OLDER_SCHEMA}
"""An unknown table, an unknown column. All codes: https://dev.mysql.com/doc/mysql-errors/8.0/en/"""
DATA = frozenset({1048, 1062, 1264, 1265, 1292, 1300, 1366, 1406, 1690, 3819, 4025})
"""Values that can never be stored: null, known under another unique key, out of range, truncated, a wrong
moment, no text in UTF-8, a wrong value, too long, out of range in between, refused by a constraint (MySQL,
MariaDB)."""
_FIRST_OF_THE_SERVER, _FIRST_OF_THE_CLIENT, _LAST_OF_THE_CLIENT = 1000, 2000, 2999


class MySQLAsks:
    """What is asked of one connection, which commits by itself and takes several statements at once.

    PyMySQL puts the values into the text, as the server's literals.
    """

    def __init__(self, connection: "pymysql.Connection", book: Book) -> None:
        self._connection = connection
        self._book = book
        self._sql: dict[Ask, str] = {}

    def migrate(self) -> None:
        """Create what is missing of the ledger's schema; safe to run at any time, by anybody."""
        if self._rows(LOCK, {"wait_s": MIGRATE_WAIT_S}) != [[1]]:
            raise DatabaseUnavailable("ledger: somebody else brings the schema forward")
        try:
            self._rows(SCHEMA + self._book.tables, {})
        finally:
            self._rows(UNLOCK, {})

    def run(self, ask: Ask, /, **values: Any) -> list[list[Any]]:
        """The rows that answer it."""
        rows = self._run(self.sql(ask), {name: _literal(value) for name, value in values.items()})
        if ask is Ask.ADMITS:
            [[admitted, read_only]] = rows
            if read_only:
                raise DatabaseUnavailable("ledger: this is a replica")
            return [[bool(admitted)]]
        return rows

    def sql(self, ask: Ask) -> str:
        """The statements, for the book's own table and columns."""
        if ask not in self._sql:
            statements: str = getattr(outbox_sql if hasattr(outbox_sql, ask.name) else ledger_sql, ask.name)
            columns = self._book.columns
            self._sql[ask] = statements.format(
                table=self._book.table,
                columns=", ".join(columns),
                values=", ".join(f"%({name})s" for name in columns),
                told=", ".join(f"book.{name}" for name in self._book.told),
                live=self._book.live,
            )
        return self._sql[ask]

    def _run(self, sql: str, values: Mapping[str, Any]) -> list[list[Any]]:
        for _ in range(TRIES - 1):
            try:
                return self._rows(sql, values)
            except Deadlock:
                continue
        return self._rows(sql, values)

    def _rows(self, sql: str, values: Mapping[str, Any]) -> list[list[Any]]:
        """The rows of the last statement that has any."""
        found: list[list[Any]] = []
        try:
            with self._connection.cursor() as cursor:
                more = cursor.execute(sql, values) is not None
                while more:
                    if cursor.description is not None:
                        found = [[_plain(value) for value in row] for row in cursor.fetchall()]
                    more = bool(cursor.nextset())
        except (pymysql.err.MySQLError, OSError) as error:
            raise self._failed(error) from error
        except UnicodeEncodeError:  # its message quotes the value
            raise StatementRefused("no text in UTF-8", Refusal.DATA) from None
        return found

    def _failed(self, error: Exception) -> DatabaseUnavailable:
        """What it is to everybody here; a transaction that the error left open is ended."""
        code = error.args[0] if error.args else None
        from_server = isinstance(code, int) and not _FIRST_OF_THE_CLIENT <= code <= _LAST_OF_THE_CLIENT
        if not (from_server and isinstance(code, int) and code >= _FIRST_OF_THE_SERVER):
            return DatabaseUnavailable(f"ledger: {error}")
        with suppress(pymysql.err.MySQLError, OSError), self._connection.cursor() as cursor:
            cursor.execute(ROLL_BACK)
            while cursor.nextset():
                pass
        return refused(code)


class Deadlock(StatementRefused):
    """The transaction never was, and may be tried again at once."""


def refused(code: int) -> StatementRefused:
    """The error of this code of the server."""
    known = Refusal.DATA if code in DATA else REFUSALS.get(code, Refusal.OTHER)
    kind = Deadlock if code == DEADLOCK else StatementRefused
    return kind(f"MySQL {code}", known)


def _literal(value: Any) -> Any:
    """A list as what follows `in`: an empty one matches nothing."""
    return (tuple(value) or (None,)) if isinstance(value, list) else value


def _plain(value: Any) -> Any:
    """Ids and keys are bytes in the tables, and text to everybody else."""
    return value.decode() if isinstance(value, bytes) else value
