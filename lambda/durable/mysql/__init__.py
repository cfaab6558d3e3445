"""The ledger in MySQL, by PyMySQL: the same statements for MySQL 8 and later, Aurora MySQL and MariaDB."""

import pymysql

from durable.book import Book
from durable.engine import Connection
from durable.mysql.asks import MySQLAsks
from runtime import mysql


class MySQL:
    """See `durable.engine.Engine`."""

    def asks(self, connection: "pymysql.Connection", book: Book) -> MySQLAsks:
        """The questions of this book over one connection."""
        return MySQLAsks(connection, book)

    def close(self, connection: Connection) -> None:
        """Close a connection, broken or not."""
        mysql.close(connection)
