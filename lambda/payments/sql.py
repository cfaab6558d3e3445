"""Statements on the ledger's database, and what their failures are to everybody here."""

from typing import Any

import pg8000.exceptions
import pg8000.native

from runtime.database import DatabaseUnavailable


def run(connection: pg8000.native.Connection, sql: str, **parameters: Any) -> list[list[Any]]:
    """The rows of a statement.

    Raises:
        DatabaseUnavailable: the database failed or did not answer in time.
    """
    # A server's message may quote the row it refused, so only its code is passed on. An OSError is a
    # first read that pg8000 did not wrap.
    try:
        return list(connection.run(sql, **parameters) or ())
    except pg8000.exceptions.DatabaseError as error:
        raise DatabaseUnavailable(f"ledger: SQLSTATE {error.args[0].get('C')}") from error
    except (pg8000.exceptions.InterfaceError, OSError) as error:
        raise DatabaseUnavailable(f"ledger: {error}") from error
