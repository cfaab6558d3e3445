"""The ledger in PostgreSQL, by pg8000."""

from contextlib import suppress

import pg8000.exceptions
import pg8000.native

from durable.book import Book
from durable.engine import Connection
from durable.postgresql.asks import PostgreSQLAsks


class PostgreSQL:
    """See `durable.engine.Engine`."""

    def asks(self, connection: pg8000.native.Connection, book: Book) -> PostgreSQLAsks:
        """The questions of this book over one connection."""
        return PostgreSQLAsks(connection, book)

    def close(self, connection: Connection) -> None:
        """Close a connection, broken or not."""
        with suppress(pg8000.exceptions.Error, OSError):
            connection.close()
