"""The data folder of one region's server: made empty, copied from the other server, or rewound."""

import os
import re
import secrets
from dataclasses import dataclass, field
from pathlib import Path

from localcloud.postgres.errors import PostgresFailed
from localcloud.postgres.host import Host
from localcloud.postgres.settings import ACCESS, server_options

SUPERUSER = "postgres"
REPLICATOR = "replicator"
_REWIND_CONNECT_S = 20
_SOCKET_NAME = ".s.PGSQL.5432"  # the number names the file only: no server listens on TCP


@dataclass(frozen=True, slots=True)
class Passwords:
    """Passwords of the two roles that are ours, made anew for every pair."""

    superuser: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    replicator: str = field(default_factory=lambda: secrets.token_urlsafe(24))


class Storage:
    """All files of the server of *region*; *upstream* is the link's port to the other region's server.

    Writer and standby run with the same options; a `standby.signal` file among the data makes the
    difference, as PostgreSQL has it. So a promotion changes nothing that is written here.
    """

    def __init__(self, region: str, host: Host, *, upstream: int, passwords: Passwords) -> None:
        self.region = region
        self.host = host
        self.passwords = passwords
        self.folder = host.home / region
        self.data = self.folder / "data"
        self.socket = self.folder / _SOCKET_NAME
        self.log = self.folder / "server.log"
        self._upstream = upstream
        self._passfile = self.folder / "pgpass"

    def initialise(self) -> None:
        """Make an empty database cluster."""
        self._make_folder()
        password = self._write_secret(self.folder / "superuser", self.passwords.superuser)
        self.host.run(
            "initdb",
            *("-D", self.data, "-U", SUPERUSER, f"--pwfile={password}"),
            *("--auth=scram-sha-256", "--encoding=UTF8", "--locale=C"),
            *("--no-sync", "--no-instructions"),
        )
        password.unlink()
        (self.data / "pg_hba.conf").write_text(ACCESS)

    def clone(self) -> None:
        """Copy the other server's data through the link, to be its standby."""
        self._make_folder()
        source = self._conninfo(REPLICATOR)
        self.host.run("pg_basebackup", "-D", self.data, "-d", source, "-c", "fast", "--no-sync")
        self.follow()

    def rewind(self) -> None:
        """Go back to where the other server's history left ours, to be its standby.

        Needs a clean shutdown here and a checkpoint there.
        """
        # a login takes four ways there and back, which a slow link makes longer than a receiver would wait
        source = f"{self._conninfo(SUPERUSER, connect_s=_REWIND_CONNECT_S)} dbname=postgres"
        self.host.run("pg_rewind", "-D", self.data, f"--source-server={source}", "--no-sync")
        self.follow()

    def shut_down_at(self) -> str:
        """Where in the log a writer shut down in order. Raises PostgresFailed if it did not."""
        told = self.host.run("pg_controldata", self.data)
        facts: dict[str, str] = dict(re.findall(r"^(.+?): +(.+)$", told, re.MULTILINE))
        if (state := facts.get("Database cluster state")) != "shut down":
            raise PostgresFailed(
                f"the server of {self.region} was not shut down: {state}", f"its log is {self.log}"
            )
        return facts["Latest checkpoint location"]

    def is_standby(self) -> bool:
        """Whether a server started on these data follows the other one."""
        return (self.data / "standby.signal").exists()

    def options(self) -> list[str]:
        """Command line options of `postgres`."""
        return ["-D", str(self.data), *server_options(self.folder, self._conninfo(REPLICATOR))]

    def _make_folder(self) -> None:
        self.folder.mkdir(mode=0o700)
        self.host.give(self.folder)
        entries = ((SUPERUSER, self.passwords.superuser), (REPLICATOR, self.passwords.replicator))
        lines = "".join(f"*:*:*:{role}:{password}\n" for role, password in entries)
        self._write_secret(self._passfile, lines)

    def _write_secret(self, path: Path, text: str) -> Path:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as stream:
            stream.write(text)
        self.host.give(path)
        return path

    def follow(self) -> None:
        """Let a server started on these data be a standby."""
        marker = self.data / "standby.signal"
        marker.touch()
        self.host.give(marker)

    def _conninfo(self, role: str, *, connect_s: int = 2) -> str:
        passfile = str(self._passfile).replace("\\", "\\\\").replace("'", "\\'")
        return (
            f"host=127.0.0.1 port={self._upstream} user={role} passfile='{passfile}' "
            f"connect_timeout={connect_s} application_name={self.region}"
        )
