"""One PostgreSQL server and its TLS endpoint: the database cluster of one region."""

import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from typing import Any

from pg8000.exceptions import DatabaseError, InterfaceError
from pg8000.native import Connection

from localcloud.core import disk
from localcloud.core.logs import log_tail
from localcloud.core.paths import REPOSITORY
from localcloud.core.processes import freeze_tree, kill_tree, spawn, stop, thaw_tree, wait_until
from localcloud.core.tls import ServerCertificate
from localcloud.postgres.errors import PostgresFailed, ServerDown
from localcloud.postgres.storage import SUPERUSER, Storage

_START_WITHIN_S = 30.0
_STOP_WITHIN_S = 6.0  # one more than wal_sender_timeout: a writer waits for the standby it lost
_ANSWER_WITHIN_S = 5.0  # a server that was stopped, not killed, never answers
PATIENTLY_S = 35.0
"""For what takes its time: pg_promote waits up to 30 s."""
_ADVICE = "its log is server.log in the region's folder below .local/postgres"
_STARTING_OR_STOPPING = ("57P01", "57P02", "57P03")


class Server:
    """The server on *storage*; clients reach it over TLS at *port* of 127.0.0.1."""

    def __init__(self, storage: Storage, *, port: int, certificate: ServerCertificate) -> None:
        self.region = storage.region
        self.storage = storage
        self.port = port
        self._certificate = certificate
        self._postgres: subprocess.Popen[bytes] | None = None
        self._endpoint: subprocess.Popen[bytes] | None = None
        self._life = threading.RLock()

    @property
    def running(self) -> bool:
        """Whether the server's first process exists."""
        return self._postgres is not None and self._postgres.poll() is None

    def start(self, *, reachable: bool = True) -> None:
        """Start the server, with its endpoint if clients shall reach it; returns when it answers."""
        with self._life:
            if not self.running:
                self._postgres = self.storage.host.spawn(
                    "postgres", *self.storage.options(), log=self.storage.log
                )
                self.wait_until("an answer", self._answers)
            if reachable and self._endpoint is None:
                self._endpoint = self._open_endpoint()
                self.wait_until("an answer over TLS", self._answers_over_tls)

    def stop(self) -> None:
        """Shut down in order, within seconds; kill what does not."""
        with self._life:
            if self._endpoint is not None:
                stop(self._endpoint, signal.SIGTERM, patience_s=1.0)
            if self._postgres is not None:
                stop(self._postgres, signal.SIGINT, patience_s=_STOP_WITHIN_S)  # "fast" shutdown
            self._endpoint = self._postgres = None

    def kill(self) -> frozenset[int]:
        """Kill every process with SIGKILL, as a lost region does; returns their ids."""
        with self._life:
            processes = [p for p in (self._endpoint, self._postgres) if p is not None]
            killed = kill_tree(*self._living())
            for process in processes:
                process.wait()
            self._endpoint = self._postgres = None
            return killed

    def freeze(self) -> frozenset[int]:
        """Stop every process with SIGSTOP: connections stay open, nothing answers; returns their ids."""
        with self._life:
            return freeze_tree(*self._living())

    def thaw(self) -> frozenset[int]:
        """Let every process go on where it stood still; returns their ids."""
        with self._life:
            return thaw_tree(*self._living())

    def fill_disk(self) -> frozenset[int]:
        """Let no process of the server write to a file until it is started again; returns their ids."""
        with self._life:
            if self._postgres is None or not self.running:
                raise ServerDown(f"the database of {self.region} does not run", _ADVICE)
            return disk.fill(self._postgres.pid, self.storage.host.account)

    def _living(self) -> list[int]:
        processes = (self._endpoint, self._postgres)
        return [process.pid for process in processes if process is not None and process.poll() is None]

    def query(
        self,
        sql: str,
        *,
        database: str = "postgres",
        timeout_s: float = _ANSWER_WITHIN_S,
        **parameters: object,
    ) -> list[list[Any]]:
        """The rows of *sql*, run by the superuser.

        Raises ServerDown when there is no answer, PostgresFailed when the answer is an error.
        """
        try:
            with self._connect(database, timeout_s) as connection:
                return list(connection.run(sql, **parameters) or ())
        except (InterfaceError, OSError) as error:
            raise ServerDown(f"the database of {self.region} does not answer: {error}", _ADVICE) from error
        except DatabaseError as error:
            told: dict[str, str] = error.args[0]
            kind = ServerDown if told.get("C") in _STARTING_OR_STOPPING else PostgresFailed
            raise kind(f"the database of {self.region} says: {told.get('M')}", _ADVICE) from error

    def wait_until(self, what: str, ready: Callable[[], bool]) -> None:
        """Wait for *what*. Raises PostgresFailed with the end of the log, at once if the server ends."""

        def ready_or_ended() -> bool:
            return not self.running or ready()

        try:
            wait_until(f"{what} of {self.region}", ready_or_ended, timeout_s=_START_WITHIN_S)
        except TimeoutError as error:
            raise PostgresFailed(str(error), log_tail(self.storage.log)) from error
        if not self.running:
            cause = f"the database of {self.region} ended while we waited for {what}"
            raise PostgresFailed(cause, log_tail(self.storage.log))

    def _connect(self, database: str, timeout_s: float) -> Connection:
        return Connection(
            SUPERUSER,
            password=self.storage.passwords.superuser,
            database=database,
            unix_sock=str(self.storage.socket),
            timeout=timeout_s,
        )

    def _open_endpoint(self) -> "subprocess.Popen[bytes]":
        """The endpoint's process. It inherits the listening socket, so clients can queue from now on."""
        certificate = self._certificate
        with socket.create_server(("127.0.0.1", self.port), backlog=128) as listener:
            number = listener.fileno()
            command = [sys.executable, "-m", "localcloud.postgres.endpoint", str(number)]
            return spawn(
                [*command, self.storage.socket, certificate.chain, certificate.key],
                log=self.storage.log,
                cwd=REPOSITORY,
                env={"PYTHONPATH": str(REPOSITORY), "PYTHONDONTWRITEBYTECODE": "1"},
                pass_fds=[number],
            )

    def _answers(self) -> bool:
        try:
            self.query("select 1")
        except ServerDown:
            return False
        return True

    def _answers_over_tls(self) -> bool:
        try:
            Connection(
                SUPERUSER,
                password=self.storage.passwords.superuser,
                host="127.0.0.1",
                port=self.port,
                ssl_context=self._certificate.client_context(),
                timeout=_ANSWER_WITHIN_S,
            ).close()
        except (InterfaceError, OSError):
            return False
        return True
