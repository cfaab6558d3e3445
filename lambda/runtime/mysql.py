"""MySQL by PyMySQL: a `runtime.database.Driver`."""

import ssl
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pymysql
from pymysql.constants import CLIENT
from pymysql.err import MySQLError

if TYPE_CHECKING:
    from runtime.database import Credentials

FAILURES = (MySQLError,)
ACCESS_DENIED = 1045
SQL_MODE = (
    "STRICT_ALL_TABLES,ONLY_FULL_GROUP_BY,NO_ZERO_IN_DATE,NO_ZERO_DATE,"
    "ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION"
)
"""What does not fit is refused, whatever the server's own setting: never cut, never rounded to what does."""


def connect(
    address: tuple[str, int], database: str, credentials: "Credentials", *, timeout_s: float
) -> "pymysql.Connection":
    """A new connection: see `runtime.database.Driver`.

    It commits each statement by itself, and takes several in one packet.
    """
    host, port = address
    return pymysql.connect(
        host=host,
        port=port,
        user=credentials.username,
        password=credentials.password,
        database=database,
        charset="utf8mb4",
        autocommit=True,
        connect_timeout=timeout_s,
        read_timeout=timeout_s,
        write_timeout=timeout_s,
        ssl=ssl.create_default_context(cadata=credentials.ca),
        client_flag=CLIENT.MULTI_STATEMENTS,
        init_command=settings(timeout_s),
    )


def settings(timeout_s: float, isolation: str = "read committed") -> str:
    """What every session sets, whatever the server's own settings.

    The server gives up waiting for a lock before the client stops listening: then the outcome is known. It
    counts whole seconds. Only what reads has a limit of its own, in milliseconds; MariaDB skips that comment.
    """
    wait_s = max(1, int(timeout_s * 0.75))
    return (
        f"set session transaction isolation level {isolation};"
        f"set session sql_mode = '{SQL_MODE}', time_zone = '+00:00',"
        f" innodb_lock_wait_timeout = {wait_s}, lock_wait_timeout = {wait_s}"
        f" /*!80000 , max_execution_time = {int(timeout_s * 750)} */"
    )


def refuses_login(error: BaseException) -> bool:
    """Whether the server said that user or password are not right."""
    return isinstance(error, MySQLError) and error.args[:1] == (ACCESS_DENIED,)


def close(connection: "pymysql.Connection") -> None:
    """Close a connection, broken or not."""
    with suppress(MySQLError, OSError):
        connection.close()


def writable(connection: "pymysql.Connection") -> bool:
    """Whether this server accepts writes: False on a replica, also one of Aurora's."""
    return bool(_one(connection, "select not (@@read_only or @@innodb_read_only)"))


def version(connection: "pymysql.Connection") -> str:
    """The version of the server, such as 8.0.39."""
    return str(_one(connection, "select @@version")).partition("-")[0]


def _one(connection: "pymysql.Connection", sql: str) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchone()[0]
