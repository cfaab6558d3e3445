"""Connections to the PostgreSQL cluster of the own region, over TLS that proves who answers."""

import json
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError
from pg8000.exceptions import DatabaseError, Error, InterfaceError
from pg8000.native import Connection

from runtime.parameters import Parameters, ParameterUnavailable

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient


INVALID_AUTHORIZATION = "28"
"""Class of the SQLSTATE codes that refuse a login."""

# ValueError: a port or a trust anchor that is none.
_FAILURES = (Error, OSError, ValueError)


class DatabaseUnavailable(RuntimeError):
    """The database cannot be reached, does not prove its identity, or broke off."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """What the database secret holds."""

    username: str
    password: str
    ca: str
    """PEM of the trust anchors of the database server."""

    def __post_init__(self) -> None:
        # An empty trust anchor would make ssl trust every public authority.
        if not (self.username and self.password and self.ca):
            raise ValueError("empty field")


class Database:
    """The database that a parameter names: by default the cluster of `{prefix}/db/writer`.

    Args:
        parameters: of the own region: db/writer, db/name and db/secret.
        secrets_client: of the own region.
        connect_timeout: seconds to connect, and the longest wait for any answer after that.
        endpoint: the parameter that holds its host and port.
        resolve: says under which host the server of that name proves who it is, or raises OSError.
    """

    def __init__(
        self,
        parameters: Parameters,
        secrets_client: "SecretsManagerClient",
        connect_timeout: float = 2.0,
        *,
        endpoint: str = "db/writer",
        resolve: Callable[[str], str] = str,
    ) -> None:
        self._parameters = parameters
        self._secrets = secrets_client
        self._timeout = connect_timeout
        self._endpoint = endpoint
        self._resolve = resolve
        self._credentials: Credentials | None = None

    def connect(self) -> Connection:
        """A new connection; the caller closes it.

        Raises:
            DatabaseUnavailable: for whatever reason. The cause says which.
        """
        known = self._credentials
        try:
            return self._open(known or self._read_secret())
        except _FAILURES as error:
            if known is None or not _rotated(error):
                raise DatabaseUnavailable(f"cannot connect: {error}") from error
        try:  # The secret was rotated since it was cached: once more with the new one.
            return self._open(self._read_secret())
        except _FAILURES as error:
            raise DatabaseUnavailable(f"cannot connect: {error}") from error

    @contextmanager
    def session(self) -> Iterator[Connection]:
        """A connection for one piece of work, closed at its end.

        Raises:
            DatabaseUnavailable: the connection broke, or the server refused a statement.
        """
        connection = self.connect()
        try:
            yield connection
        except (Error, OSError) as error:
            raise DatabaseUnavailable(f"the database failed: {error}") from error
        finally:
            _close(connection)

    def writable(self) -> bool:
        """Whether this cluster accepts writes: False on a replica.

        Raises:
            DatabaseUnavailable: the database did not say.
        """
        with self.session() as connection:
            rows = connection.run(
                "select not pg_is_in_recovery() and not current_setting('transaction_read_only')::boolean"
            )
        return bool(rows[0][0])

    def version(self) -> str:
        """The version of the engine, such as 16.11.

        Raises:
            DatabaseUnavailable: the database did not say.
        """
        with self.session() as connection:
            rows = connection.run("select current_setting('server_version')")
        return str(rows[0][0]).partition(" ")[0]

    def _open(self, credentials: Credentials) -> Connection:
        host, _, port = self._parameter(self._endpoint).rpartition(":")
        return Connection(
            credentials.username,
            host=self._resolve(host),
            port=int(port),
            database=self._parameter("db/name"),
            password=credentials.password,
            timeout=self._timeout,
            ssl_context=ssl.create_default_context(cadata=credentials.ca),
            startup_params=_limits(self._timeout),
        )

    def _parameter(self, name: str) -> str:
        try:
            return self._parameters.get(name)
        except ParameterUnavailable as error:
            raise DatabaseUnavailable(str(error)) from error

    def _read_secret(self) -> Credentials:
        name = self._parameter("db/secret")
        try:
            secret = json.loads(self._secrets.get_secret_value(SecretId=name)["SecretString"])
            credentials = Credentials(secret["username"], secret["password"], secret["ca"])
        except (BotoCoreError, ClientError) as error:
            raise DatabaseUnavailable(f"cannot read secret {name}: {error}") from error
        except (KeyError, TypeError, ValueError) as error:
            # The cause could quote the secret: only its kind is told.
            kind = type(error).__name__
            raise DatabaseUnavailable(f"secret {name} is malformed: {kind}") from None
        self._credentials = credentials
        return credentials


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


def _rotated(error: BaseException | None) -> bool:
    """Whether a connection failed because the password or the trust anchor is no longer right.

    pg8000 may raise an error of closing the refused connection instead: the refusal is its context.
    """
    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError):
            return True
        if isinstance(error, DatabaseError) and _sqlstate(error).startswith(INVALID_AUTHORIZATION):
            return True
        error = error.__context__
    return False


def _sqlstate(error: DatabaseError) -> str:
    answer = error.args[0]
    return str(answer.get("C", "")) if isinstance(answer, dict) else ""


def _close(connection: Connection) -> None:
    try:
        connection.close()
    except (InterfaceError, OSError):
        return  # A connection that is already broken is as closed as it can be.
