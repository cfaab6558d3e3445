"""The engines that a ledger can be in: what its contract needs beside the ledger itself."""

import contextlib
import shutil
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol

from pg8000.exceptions import Error
from pg8000.native import Connection

from durable.book import Book
from durable.mysql import MySQL
from localcloud.core.ports import free_port
from localcloud.core.tls import ServerCertificate, issue
from localcloud.mysql.programs import find
from localcloud.mysql.server import MySQLServer
from payments.book import BOOK
from runtime import mysql
from runtime.database import Credentials

TIMEOUT_S = 20.0
IN_MYSQL = replace(
    BOOK,
    engine=MySQL(),
    table="ledger_payments",
    tables="""
create table if not exists ledger_payments (
    entry_id varbinary(36) primary key,
    idempotency_key varbinary(255) unique not null,
    request_hash varchar(64) not null,
    amount_minor bigint not null check (amount_minor > 0),
    currency varchar(3) not null,
    debtor varchar(255) not null,
    creditor varchar(255) not null,
    reference varchar(255) not null,
    principal varbinary(255) not null default '',
    epoch bigint not null,
    region varchar(32) not null,
    settled_at datetime(6) not null default (utc_timestamp(6)),
    index settled (settled_at)
);
""",
)


class EngineUnderTest(Protocol):
    """A server with nothing in it, and what a person would type there."""

    book: Book

    def connect(self) -> Any:
        """A connection as functions open them; closed after the test."""

    def run(self, connection: Any, sql: str) -> list[list[Any]]:
        """The rows of one statement; `{table}` is the book's, `{ledger}` precedes another table's name."""

    def begin(self, connection: Any) -> None:
        """Begin a transaction that the test commits or rolls back itself."""

    def settle_at(self, connection: Any, key: str, seconds: float) -> None:
        """Change when the row under the key was settled, in seconds since 1970."""

    def later(self, connection: Any, seconds: int) -> None:
        """As if so much time had passed since everything in the outbox."""

    def next_try(self, connection: Any) -> float:
        """In how many seconds the one event of the outbox comes again."""

    def waiting(self, connection: Any) -> int:
        """How many connections wait for a lock."""


class InPostgreSQL:
    """A PostgreSQL server."""

    book = BOOK

    def __init__(self, port: int) -> None:
        self._port = port
        self._opened: list[Connection] = []

    def connect(self) -> Connection:
        self._opened.append(
            Connection("ledger", host="127.0.0.1", port=self._port, database="postgres", timeout=TIMEOUT_S)
        )
        return self._opened[-1]

    def empty(self) -> None:
        self.run(self.connect(), "drop schema if exists ledger cascade")

    def close(self) -> None:
        for connection in self._opened:
            with contextlib.suppress(Error, OSError):
                connection.close()

    def run(self, connection: Connection, sql: str) -> list[list[Any]]:
        return [
            list(row) for row in connection.run(sql.format(ledger="ledger.", table=self.book.table)) or ()
        ]

    def begin(self, connection: Connection) -> None:
        connection.run("begin")

    def settle_at(self, connection: Connection, key: str, seconds: float) -> None:
        connection.run(
            "update ledger.payments set settled_at = to_timestamp(:at) where idempotency_key = :key",
            at=seconds,
            key=key,
        )

    def later(self, connection: Connection, seconds: int) -> None:
        connection.run(
            "update ledger.outbox set next_at = next_at - make_interval(secs => :s), "
            "refused_at = refused_at - make_interval(secs => :s), "
            "noted_at = noted_at - make_interval(secs => :s)",
            s=seconds,
        )

    def next_try(self, connection: Connection) -> float:
        sql = "select extract(epoch from next_at - clock_timestamp()) from ledger.outbox"
        return float(connection.run(sql)[0][0])

    def waiting(self, connection: Connection) -> int:
        return int(connection.run("select count(*) from pg_locks where not granted")[0][0])


class InMySQL:
    """A server that speaks MySQL, with one isolation level for all."""

    def __init__(
        self,
        server: MySQLServer,
        certificate: ServerCertificate,
        isolation: str = "read committed",
        book: Book = IN_MYSQL,
    ) -> None:
        self.book = book
        self.server = server
        self.ca_pem = certificate.ca_pem
        self._credentials = Credentials("app", "right", certificate.ca_pem)
        self._isolation = isolation
        self._opened: list[Any] = []

    def connect(self) -> Any:
        connection = mysql.connect(
            ("127.0.0.1", self.server.port), "trading", self._credentials, timeout_s=TIMEOUT_S
        )
        self._opened.append(connection)
        self.run(connection, f"set session transaction isolation level {self._isolation}")
        return connection

    def empty(self) -> None:
        self.server.query("drop database if exists trading")
        self.server.create_owner("app", "right", "trading")

    def close(self) -> None:
        for connection in self._opened:
            mysql.close(connection)

    def run(self, connection: Any, sql: str) -> list[list[Any]]:
        with connection.cursor() as cursor:
            cursor.execute(sql.format(ledger="ledger_", table=self.book.table))
            return [
                [each.decode() if isinstance(each, bytes) else each for each in row]
                for row in cursor.fetchall()
            ]

    def begin(self, connection: Any) -> None:
        self.run(connection, "start transaction")

    def settle_at(self, connection: Any, key: str, seconds: float) -> None:
        at = f"timestamp'1970-01-01 00:00:00' + interval {seconds} second"
        sql = f"update ledger_payments set settled_at = {at} where idempotency_key = '{key}'"  # noqa: S608
        self.run(connection, sql)

    def later(self, connection: Any, seconds: int) -> None:
        shift = ", ".join(
            f"{name} = {name} - interval {seconds} second" for name in ("next_at", "refused_at", "noted_at")
        )
        self.run(connection, f"update ledger_outbox set {shift}")  # noqa: S608

    def next_try(self, connection: Any) -> float:
        sql = "select timestampdiff(microsecond, utc_timestamp(6), next_at) / 1000000 from ledger_outbox"
        return float(self.run(connection, sql)[0][0])

    def waiting(self, connection: Any) -> int:
        time.sleep(0.12)  # who asks more often than every 0.1 s is answered from a cache
        sql = "select count(*) from information_schema.innodb_trx where trx_state = 'LOCK WAIT'"
        return int(self.server.query(sql)[0][0])


def book_by_hand(engine: EngineUnderTest, connection: Any, entry_id: str, key: str) -> None:
    """A row that the ledger did not write."""
    names = "entry_id, idempotency_key, request_hash, amount_minor, currency, debtor, creditor, reference"
    row = f"'{entry_id}', '{key}', '', 1, 'EUR', 'a', 'b', ''"
    sql = f"insert into {{table}} ({names}, epoch, region) values ({row}, 1, 'r')"  # noqa: S608
    engine.run(connection, sql)


@contextlib.contextmanager
def mysql_server(kind: str) -> Iterator[tuple[MySQLServer, ServerCertificate]]:
    """A server of `localcloud.mysql.programs.PACKAGES` for many tests; nothing of it outlives them."""
    folder = Path(tempfile.mkdtemp(prefix="my-", dir="/tmp"))  # a socket's path must be short
    certificate = issue(folder / "tls")
    quick = {"innodb-flush-log-at-trx-commit": "0"}
    server = MySQLServer(
        folder / "server", find(kinds=(kind,)), port=free_port(), certificate=certificate, options=quick
    )
    try:
        server.initialise()
        server.start()
        yield server, certificate
    finally:
        server.remove()
        shutil.rmtree(folder, ignore_errors=True)
