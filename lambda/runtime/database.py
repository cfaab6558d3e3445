"""Connections to the database cluster of the own region, over TLS that proves who answers."""

import json
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from botocore.exceptions import BotoCoreError, ClientError

from runtime import postgresql
from runtime.parameters import Parameters, ParameterUnavailable

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient


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


class Driver(Protocol):
    """The module of an engine: how it is spoken to."""

    @property
    def FAILURES(self) -> tuple[type[Exception], ...]:  # noqa: N802 - a constant of the module
        """What may come out of it when a database cannot be used."""

    def connect(
        self, address: tuple[str, int], database: str, credentials: Credentials, *, timeout_s: float
    ) -> Any:
        """A new connection, over TLS to a server that proves to have this host's name.

        Args:
            address: host and port.
            database: its name.
            credentials: what the secret holds.
            timeout_s: the longest wait to connect, and for any answer after that.
        """

    def refuses_login(self, error: BaseException) -> bool:
        """Whether the server said that user or password are not right."""

    def close(self, connection: Any) -> None:
        """Close a connection, broken or not."""

    def writable(self, connection: Any) -> bool:
        """Whether this server accepts writes: False on a replica."""

    def version(self, connection: Any) -> str:
        """The version of the engine, such as 16.11."""


class Database:
    """The database that a parameter names: by default the cluster of `{prefix}/db/writer`.

    Args:
        parameters: of the own region: db/writer, db/name and db/secret.
        secrets_client: of the own region.
        connect_timeout: seconds to connect, and the longest wait for any answer after that.
        endpoint: the parameter that holds its host and port.
        resolve: says under which host the server of that name proves who it is, or raises OSError.
        driver: of the engine.
    """

    def __init__(
        self,
        parameters: Parameters,
        secrets_client: "SecretsManagerClient",
        connect_timeout: float = 2.0,
        *,
        endpoint: str = "db/writer",
        resolve: Callable[[str], str] = str,
        driver: Driver = postgresql,
    ) -> None:
        self._parameters = parameters
        self._secrets = secrets_client
        self._timeout = connect_timeout
        self._endpoint = endpoint
        self._resolve = resolve
        self._driver = driver
        self._broken: tuple[type[Exception], ...] = (*driver.FAILURES, OSError)
        # ValueError: a port or a trust anchor that is none.
        self._unusable: tuple[type[Exception], ...] = (*self._broken, ValueError)
        self._credentials: Credentials | None = None

    def connect(self) -> Any:
        """A new connection; the caller closes it.

        Raises:
            DatabaseUnavailable: for whatever reason. The cause says which.
        """
        known = self._credentials
        try:
            return self._open(known or self._read_secret())
        except self._unusable as error:
            if known is None or not self._rotated(error):
                raise DatabaseUnavailable(f"cannot connect: {error}") from error
        try:  # The secret was rotated since it was cached: once more with the new one.
            return self._open(self._read_secret())
        except self._unusable as error:
            raise DatabaseUnavailable(f"cannot connect: {error}") from error

    @contextmanager
    def session(self) -> Iterator[Any]:
        """A connection for one piece of work, closed at its end.

        Raises:
            DatabaseUnavailable: the connection broke, or the server refused a statement.
        """
        connection = self.connect()
        try:
            yield connection
        except self._broken as error:
            raise DatabaseUnavailable(f"the database failed: {error}") from error
        finally:
            self._driver.close(connection)

    def writable(self) -> bool:
        """Whether this cluster accepts writes: False on a replica.

        Raises:
            DatabaseUnavailable: the database did not say.
        """
        with self.session() as connection:
            return self._driver.writable(connection)

    def version(self) -> str:
        """The version of the engine, such as 16.11.

        Raises:
            DatabaseUnavailable: the database did not say.
        """
        with self.session() as connection:
            return self._driver.version(connection)

    def _open(self, credentials: Credentials) -> Any:
        host, _, port = self._parameter(self._endpoint).rpartition(":")
        return self._driver.connect(
            (self._resolve(host), int(port)),
            self._parameter("db/name"),
            credentials,
            timeout_s=self._timeout,
        )

    def _rotated(self, error: BaseException | None) -> bool:
        """Whether a connection failed because the password or the trust anchor is no longer right.

        A driver may raise an error of closing the refused connection instead: the refusal is its context.
        """
        while error is not None:
            if isinstance(error, ssl.SSLCertVerificationError) or self._driver.refuses_login(error):
                return True
            error = error.__context__
        return False

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
