"""One server of MySQL or MariaDB: TLS on a port of 127.0.0.1, a superuser on a Unix socket."""

import re
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pymysql
from pymysql.cursors import Cursor
from pymysql.err import InterfaceError, OperationalError

from localcloud.core.logs import log_tail
from localcloud.core.processes import kill_tree, run, spawn, stop, wait_until
from localcloud.core.tls import ServerCertificate
from localcloud.mysql.errors import MySQLDown, MySQLFailed
from localcloud.mysql.programs import Programs
from localcloud.mysql.settings import common_options, server_options, socket_of

SUPERUSER = "root"
"""Comes over the socket, without a password: its folder is closed to others."""
_INITIALISED_WITHIN_S = 120.0
_START_WITHIN_S = 60.0
_STOP_WITHIN_S = 20.0
_ANSWER_WITHIN_S = 10.0
_TABLES = ("mysql_system_tables.sql", "mysql_system_tables_data.sql")
_LOST = frozenset({2002, 2003, 2006, 2013, 1053, 1040, 1927})
"""Errors of a server that is not there, or is going."""
_NAME = re.compile(r"[A-Za-z0-9_]+")


class MySQLServer:
    """The server whose files are all below *folder*; clients reach it over TLS at *port* of 127.0.0.1.

    Args:
        folder: is made by `initialise`; MySQLFailed is raised where its path is too long for a Unix socket.
        options: of the server, beyond those of `localcloud.mysql.settings`.
    """

    def __init__(
        self,
        folder: Path,
        programs: Programs,
        *,
        port: int,
        certificate: ServerCertificate,
        options: dict[str, str] | None = None,
    ) -> None:
        self.folder = folder
        self._socket = socket_of(folder)
        self.programs = programs
        self.port = port
        self.log = folder / "server.log"
        self._certificate = certificate
        self._options = options or {}
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def running(self) -> bool:
        """Whether the server's process exists."""
        return self._process is not None and self._process.poll() is None

    def initialise(self) -> None:
        """Make the folder and the system's tables. Raises MySQLFailed."""
        self.folder.mkdir(mode=0o700)
        (self.folder / "files").mkdir()
        options = [f"--{name}={value}" for name, value in common_options(self.programs, self.folder).items()]
        if self.programs.is_mariadb:
            self._bootstrap(options)
        else:
            self._run([*options, "--initialize-insecure"])

    def start(self) -> None:
        """Start it; returns when it answers. Raises MySQLFailed, with the end of its log."""
        if self.running:
            return
        options = server_options(
            self.programs,
            self.folder,
            port=self.port,
            certificate=self._certificate,
            more=self._options,
        )
        self._process = spawn(
            [*self.programs.command, *options], log=self.log, cwd=self.folder, env=self._environment()
        )
        self.wait_until("an answer", self._answers)

    def stop(self) -> None:
        """Shut down in order; kill what does not."""
        if self._process is not None:
            stop(self._process, signal.SIGTERM, patience_s=_STOP_WITHIN_S)
            self._process = None

    def kill(self) -> frozenset[int]:
        """Kill it with SIGKILL, as a lost region does; returns the ids of its processes."""
        if self._process is None:
            return frozenset()
        killed = kill_tree(self._process.pid)
        self._process.wait()
        self._process = None
        return killed

    def remove(self) -> None:
        """Stop it and delete all its files; safe to repeat."""
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def query(self, sql: str, *values: object, timeout_s: float = _ANSWER_WITHIN_S) -> list[tuple[Any, ...]]:
        """The rows of *sql*, run by the superuser.

        Raises MySQLDown when there is no answer, MySQLFailed when the answer is an error.
        """
        return self._ask(Cursor, sql, values, timeout_s)

    def _ask(self, kind: type[Cursor], sql: str, values: tuple[object, ...], timeout_s: float) -> list[Any]:
        with self.session(timeout_s) as connection, connection.cursor(kind) as cursor:
            cursor.execute(sql, values or None)
            return list(cursor.fetchall())

    @contextmanager
    def session(self, timeout_s: float = _ANSWER_WITHIN_S) -> "Iterator[pymysql.Connection]":
        """A connection of the superuser, closed at the end. Raises as `query` does."""
        try:
            with pymysql.connect(
                unix_socket=str(self._socket),
                user=SUPERUSER,
                autocommit=True,
                connect_timeout=int(_ANSWER_WITHIN_S),
                read_timeout=timeout_s,
            ) as connection:
                yield connection
        except (InterfaceError, OSError) as error:
            raise MySQLDown(f"{self.programs.name} does not answer: {error}", self._advice()) from error
        except pymysql.err.MySQLError as error:
            lost = isinstance(error, OperationalError) and error.args[0] in _LOST
            failure = MySQLDown if lost else MySQLFailed
            raise failure(f"{self.programs.name} says: {error}", self._advice()) from error

    def create_owner(self, username: str, password: str, database: str) -> None:
        """Let there be a *database* and the user *username*, who may do everything in it, over TLS alone."""
        for name in (username, database):
            if not _NAME.fullmatch(name):
                raise ValueError(f"no plain name: {name!r}")
        self.query(f"create database if not exists {database} character set utf8mb4")
        self.query(f"create user if not exists {username}@'127.0.0.1' require ssl")
        self.query(f"alter user {username}@'127.0.0.1' identified by %s require ssl", password)
        self.query(f"grant all on {database}.* to {username}@'127.0.0.1'")

    def wait_until(self, what: str, ready: Callable[[], bool]) -> None:
        """Wait for *what*. Raises MySQLFailed with the end of the log, at once if the server ends."""
        try:
            wait_until(what, lambda: not self.running or ready(), timeout_s=_START_WITHIN_S)
        except TimeoutError as error:
            raise MySQLFailed(str(error), log_tail(self.log)) from error
        if not self.running:
            raise MySQLFailed(f"{self.programs.name} ended while we waited for {what}", log_tail(self.log))

    def _answers(self) -> bool:
        try:
            self.query("select 1")
        except MySQLDown:
            return False
        return True

    def _bootstrap(self, options: list[str]) -> None:
        """MariaDB reads the statements that make its first tables."""
        (self.folder / "data" / "mysql").mkdir(parents=True)
        share = self.programs.share()
        script = "use mysql;\n" + "".join((share / name).read_text() for name in _TABLES)
        text = self.folder / "bootstrap.sql"
        text.write_text(script)
        with text.open() as statements:
            self._run([*options, "--bootstrap", "--skip-networking"], statements)

    def _run(self, options: list[str], statements: Any = None) -> None:
        try:
            done = run(
                [*self.programs.command, *options],
                account=None,
                cwd=self.folder,
                env=self._environment(),
                timeout_s=_INITIALISED_WITHIN_S,
                stdin=statements,
            )
        except subprocess.TimeoutExpired as error:
            raise MySQLFailed(f"no tables within {_INITIALISED_WITHIN_S:g} s", self._advice()) from error
        self.log.write_text(done.stdout)
        if done.returncode != 0:
            raise MySQLFailed(f"{self.programs.name} made no tables", log_tail(self.log))

    def _environment(self) -> dict[str, str]:
        return {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC", "HOME": str(self.folder)}

    def _advice(self) -> str:
        return f"its log is {self.log}"
