"""PostgreSQL by pg8000: a `runtime.database.Driver`."""

import ssl
from typing import TYPE_CHECKING

from pg8000.exceptions import DatabaseError, Error, InterfaceError
from pg8000.native import Connection

if TYPE_CHECKING:
    from runtime.database import Credentials

FAILURES = (Error,)
INVALID_AUTHORIZATION = "28"
"""Class of the SQLSTATE codes that refuse a login."""


def connect(
    address: tuple[str, int], database: str, credentials: "Credentials", *, timeout_s: float
) -> Connection:
    """A new connection: see `runtime.database.Driver`."""
    host, port = address
    return Connection(
        credentials.username,
        host=host,
        port=port,
        database=database,
        password=credentials.password,
        timeout=timeout_s,
        ssl_context=ssl.create_default_context(cadata=credentials.ca),
        startup_params=_limits(timeout_s),
    )


def refuses_login(error: BaseException) -> bool:
    """Whether the server said that user or password are not right."""
    return isinstance(error, DatabaseError) and _sqlstate(error).startswith(INVALID_AUTHORIZATION)


def close(connection: Connection) -> None:
    """Close a connection, broken or not."""
    try:
        connection.close()
    except (InterfaceError, OSError):
        return  # A connection that is already broken is as closed as it can be.


def writable(connection: Connection) -> bool:
    """Whether this server accepts writes: False on a replica."""
    rows = connection.run(
        "select not pg_is_in_recovery() and not current_setting('transaction_read_only')::boolean"
    )
    return bool(rows[0][0])


def version(connection: Connection) -> str:
    """The version of the server, such as 16.11."""
    return str(connection.run("select current_setting('server_version')")[0][0]).partition(" ")[0]


def _limits(timeout_s: float) -> dict[str, str]:
    """Server-side limits in milliseconds, below the socket's own.

    The server gives up first and says so: then the outcome of a statement is known. The idle limit frees
    the locks of a client that was stopped in the middle of a transaction.
    """
    limit = str(int(timeout_s * 750))
    return {
        "statement_timeout": limit,
        "lock_timeout": limit,
        "idle_in_transaction_session_timeout": str(int(timeout_s * 1000)),
    }


def _sqlstate(error: DatabaseError) -> str:
    answer = error.args[0]
    return str(answer.get("C", "")) if isinstance(answer, dict) else ""
