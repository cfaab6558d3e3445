"""One region's server of a replicated pair: it remembers beside its data whether it is the writer."""

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pymysql.cursors import Cursor, DictCursor
from pymysql.err import OperationalError

from localcloud.core import disk
from localcloud.core.processes import freeze_tree, thaw_tree
from localcloud.core.tls import ServerCertificate
from localcloud.mysql.errors import MySQLDown
from localcloud.mysql.programs import Programs
from localcloud.mysql.server import SUPERUSER, MySQLServer

REPLICATOR = "replicator"
_A_PAIR = 2
_OF_NO_CLIENT = (SUPERUSER, REPLICATOR, "system user", "event_scheduler")
_GONE = 1094
"""What the server says of a session that ended by itself."""
_BOTH = {"log-bin": "bin", "relay-log": "relay", "relay-log-recovery": "ON"}
_MYSQL = {"gtid-mode": "ON", "enforce-gtid-consistency": "ON", "replica-net-timeout": "5"}
_MARIADB = {
    "gtid-strict-mode": "ON",
    "log-slave-updates": "ON",
    "binlog-format": "ROW",
    "slave-net-timeout": "5",
}


class PairedServer(MySQLServer):
    """The server of *region*. *number* tells it from the other one in what it writes: one is odd."""

    def __init__(
        self,
        region: str,
        folder: Path,
        programs: Programs,
        *,
        number: int,
        port: int,
        certificate: ServerCertificate,
    ) -> None:
        own = _MARIADB if programs.is_mariadb else _MYSQL
        self._lasting = {**_BOTH, **own, "server-id": str(number)}
        super().__init__(folder, programs, port=port, certificate=certificate, options=self._lasting)
        self.region = region
        self._marker = folder / "standby"

    @property
    def is_standby(self) -> bool:
        """Whether a server started on these data takes no writes."""
        return self._marker.exists()

    def start(self, *, read_only: bool = False) -> None:
        """Start it, as what it was when it ended; *read_only*: whatever it was."""
        protected = read_only or self.is_standby
        self._options = {**self._lasting, **({self._read_only("-"): "ON"} if protected else {})}
        super().start()

    def take(self, template: Path) -> None:
        """Forget all data and have those of the folder *template*, which nobody ever wrote to.

        It is another server then: it would not replicate what the log tells under its own number.
        """
        self._lasting["server-id"] = str(int(self._lasting["server-id"]) + _A_PAIR)
        (self.folder / "files").mkdir(mode=0o700, parents=True, exist_ok=True)
        data = self.folder / "data"
        shutil.rmtree(data, ignore_errors=True)
        shutil.copytree(template, data, ignore=shutil.ignore_patterns("auto.cnf"))  # its own UUID

    def protect(self) -> None:
        """Take no more writes, now and after a start; a client's commit that was under way has ended then."""
        self._marker.touch()
        self.query(f"set global {self._read_only('_')} = on")

    def open(self) -> None:
        """Take writes, now and after a start."""
        self._marker.unlink(missing_ok=True)
        self.query("set global read_only = off")  # which MySQL's super_read_only follows

    def takes_writes(self) -> bool:
        """Whether clients can write. Raises MySQLDown."""
        return self.query("select @@global.read_only") == [(0,)]

    def end_sessions(self, username: str | None = None) -> None:
        """End those of *username*, or of all clients; what they had not committed is undone."""
        with self.session() as connection, connection.cursor() as cursor:
            cursor.execute("select id, user from information_schema.processlist")
            for number, user in cursor.fetchall():
                if user == username or (username is None and user not in _OF_NO_CLIENT):
                    _end(cursor, int(number))

    def replication(self) -> Mapping[str, Any]:
        """What the server says of its replication, by column; nothing of a server that follows nobody."""
        return next(iter(self.rows("show replica status")), {})

    def rows(self, sql: str, *, timeout_s: float = 10.0) -> list[dict[str, Any]]:
        """As `query`, each row by the names of its columns."""
        return self._ask(DictCursor, sql, (), timeout_s)

    def freeze(self) -> frozenset[int]:
        """Let all its processes stand still; returns their ids."""
        return freeze_tree(*self._living())

    def thaw(self) -> frozenset[int]:
        """Let its processes go on where they stood still; returns their ids."""
        return thaw_tree(*self._living())

    def fill_disk(self) -> frozenset[int]:
        """Let it write to no file until it is started again; returns its processes' ids."""
        if self._process is None or not self.running:
            raise MySQLDown(f"the database of {self.region} does not run", self._advice())
        return disk.fill(self._process.pid, None)

    def _living(self) -> list[int]:
        return [self._process.pid] if self._process is not None and self.running else []

    def _read_only(self, joint: str) -> str:
        words = ("read", "only") if self.programs.is_mariadb else ("super", "read", "only")
        return joint.join(words)


def _end(cursor: Cursor, session: int) -> None:
    try:
        cursor.execute(f"kill connection {session}")
    except OperationalError as error:
        if error.args[0] != _GONE:
            raise
