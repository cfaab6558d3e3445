"""Two servers of MySQL or MariaDB, one replicating the other: Aurora's global database on one machine."""

import secrets
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path

from localcloud.core import tls
from localcloud.core.database_pair import DatabasePair
from localcloud.core.processes import wait_until
from localcloud.mysql.errors import MySQLDown, MySQLFailed
from localcloud.mysql.lag import Lag
from localcloud.mysql.paired import REPLICATOR, PairedServer
from localcloud.mysql.programs import Programs
from localcloud.mysql.replication import await_flow, flows, follow, has, position, promote
from localcloud.mysql.salvage import salvage

_REBUILT_WITHIN_S = 300.0


class MySQLPair(DatabasePair[PairedServer]):
    """A pair of MySQL or MariaDB servers.

    Replication goes through the links, asynchronously, over TLS; a standby takes no writes. A link ends at
    the TCP port of a server, because whoever comes over its Unix socket is the superuser.
    """

    def __init__(
        self,
        state: Path,
        programs: Programs,
        *,
        ports: Mapping[str, int],
        link_ports: Mapping[str, int],
        names: Iterable[str] = (),
    ) -> None:
        super().__init__(ports, link_ports)
        self.name = programs.name
        self._home = state / "mysql"
        shutil.rmtree(self._home, ignore_errors=True)
        certificate = tls.issue(self._home / "tls", names)
        self.ca_pem = certificate.ca_pem
        self._authority = self._home / "tls" / "authority.pem"
        self._authority.write_text(certificate.ca_pem)
        self._password = secrets.token_urlsafe(18)
        self._link_ports = dict(link_ports)
        self._servers = {
            region: PairedServer(
                region,
                self._home / region,
                programs,
                number=number,
                port=ports[region],
                certificate=certificate,
            )
            for number, region in enumerate(ports, start=1)
        }
        self._lags = {region: Lag() for region in ports}

    def target(self, region: str) -> int:
        """The port of the region's server: where the link that leads there ends."""
        return self._servers[region].port

    def start(self, writer: str) -> None:
        """Start both servers. Raises MySQLFailed, and then nothing runs any more."""
        first, second = self._servers[writer], self._servers[self._other[writer]]
        try:
            first.initialise()
            (first.folder / "data").rename(self._template)
            for server in (first, second):
                server.take(self._template)
                server.start()
            account = f"{REPLICATOR}@'127.0.0.1'"
            first.query(f"create user {account} identified by %s require ssl", self._password)
            first.query(f"grant replication slave on *.* to {account}")
            self._catch_up(second)
        except BaseException:
            self.stop()
            raise
        self._writer = writer

    def create_owner(self, username: str, password: str, database: str) -> None:
        """Let the writer have the user *username*, whose sessions end, and a *database* that it owns."""
        with self._changes:
            writer = self._servers[self.writer]
            writer.create_owner(username, password, database)
            writer.end_sessions(username)

    def promote(self, region: str) -> None:
        """Make the region's server a writer, whatever the other one does, and read that back."""
        with self._changes:
            self._return.wait()
            if not self.is_writer(region):
                promote(self._servers[region])
            self._writer = region

    def switchover(self, region: str) -> None:
        """Move the writer without loss; one whose processes are dead is started for that, read only.

        Raises MySQLFailed; the old writer writes again if that was before the promotion.
        """
        new, old = self._servers[region], self._servers[self._other[region]]
        with self._changes:
            self._return.wait()
            if self.is_writer(region):
                return
            if not old.running:
                self._start_for_others(old, new)
            if not flows(new):
                raise MySQLFailed(f"{region} does not replicate", "nothing was changed; mend the link first")
            self._hand_over(old, new)
            self._writer = region
            self._return.begin(lambda: self._follow(old))

    def is_writer(self, region: str) -> bool:
        """Whether the region's server takes writes; one that does not answer takes none."""
        try:
            return self._servers[region].takes_writes()
        except MySQLDown:
            return False

    def lag(self, region: str) -> float | None:
        """How many seconds of the other region's commits this region lacks; None is unknown."""
        standby, writer = self._servers[region], self._servers[self._other[region]]
        if self.is_writer(region):
            return 0.0
        try:
            return self._lags[region].of(standby, writer)
        except MySQLDown:
            return None

    def rejoin(self, region: str, *, salvage_to: Path) -> int:
        """Bring a lost writer back as a standby of the other region's server.

        Rows that never left it go to the file *salvage_to* first; returns how many. A standby just starts. A
        writer is made anew from the empty data that both began with, and replicates all of the survivor's
        log: that takes the longer, the more was ever written.
        """
        returning, survivor = self._servers[region], self._servers[self._other[region]]
        with self._changes:
            self._return.wait()
            if not self.is_writer(survivor.region):
                raise MySQLFailed(f"{survivor.region} has no writer to follow", "promote it first")
            returning.stop()
            if returning.is_standby:
                returning.start()
                self._catch_up(returning)
                return 0
            returning.start(read_only=True)  # nobody can write, and the crash is recovered from
            rows = salvage(returning, survivor, salvage_to)
            returning.stop()
            returning.take(self._template)
            returning.start(read_only=True)
            self._catch_up(returning)
            return rows

    def stop(self) -> None:
        """Stop both servers, within seconds, and delete their data, for good; safe to repeat."""
        for server in self._servers.values():
            server.kill()
        self._return.wait()
        shutil.rmtree(self._home, ignore_errors=True)

    @property
    def _template(self) -> Path:
        return self._home / "template"

    def _follow(self, standby: PairedServer) -> None:
        """Let *standby* follow the other one."""
        follow(standby, self._link_ports[self._other[standby.region]], self._password, self._authority)
        self._lags[standby.region].restart()

    def _catch_up(self, standby: PairedServer) -> None:
        """Let *standby* follow the other one and have what that has written until now."""
        self._follow(standby)
        other = self._other[standby.region]
        written = position(self._servers[other])
        wait_until(f"what {other} has", lambda: has(standby, written), timeout_s=_REBUILT_WITHIN_S)
        self._lags[standby.region].restart()

    def _start_for_others(self, old: PairedServer, new: PairedServer) -> None:
        """Let *new* read what the dead *old* has on its disk; *old* is as dead as before if it cannot."""
        old.start(read_only=True)
        try:
            await_flow(new)
        except MySQLFailed:
            old.stop()
            raise

    def _hand_over(self, old: PairedServer, new: PairedServer) -> None:
        """Promote *new* when it has all that *old* committed before it stopped to."""
        old.protect()
        try:
            written = position(old)
            new.wait_until("the last commit", lambda: has(new, written))
        except MySQLFailed:
            old.open()
            raise
        old.end_sessions()
        promote(new)
