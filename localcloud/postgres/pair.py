"""Two PostgreSQL servers with streaming replication: Aurora's global database on one machine."""

import time
from collections.abc import Iterable, Mapping
from pathlib import Path

from pg8000.native import identifier, literal

from localcloud.core import tls
from localcloud.core.database_pair import DatabasePair
from localcloud.postgres import binaries
from localcloud.postgres.errors import PostgresFailed, ServerDown
from localcloud.postgres.host import Host
from localcloud.postgres.salvage import salvage
from localcloud.postgres.server import PATIENTLY_S, Server
from localcloud.postgres.statements import END_SESSIONS, caught_up
from localcloud.postgres.storage import REPLICATOR, Passwords, Storage
from localcloud.postgres.switchover import STREAMING, hand_over, promote


class PostgresPair(DatabasePair[Server]):
    """A pair of PostgreSQL servers.

    The constructor makes folders, a certificate authority and passwords, and starts nothing. *names* are
    those besides loopback's that the servers prove to have.
    """

    def __init__(
        self,
        state: Path,
        *,
        ports: Mapping[str, int],
        link_ports: Mapping[str, int],
        names: Iterable[str] = (),
    ) -> None:
        super().__init__(ports, link_ports)
        self._host = Host.choose(state, binaries.find())
        certificate = tls.issue(self._host.home / "tls", names)
        self.name = "PostgreSQL"
        self.ca_pem = certificate.ca_pem
        passwords = Passwords()
        self._servers = {
            region: Server(
                Storage(region, self._host, upstream=link_ports[other], passwords=passwords),
                port=ports[region],
                certificate=certificate,
            )
            for region, other in self._other.items()
        }
        self._caught_up_at = dict.fromkeys(ports, 0.0)

    def target(self, region: str) -> Path:
        """The Unix socket of the region's server: where the link that leads there ends."""
        return self._servers[region].storage.socket

    def start(self, writer: str) -> None:
        """Start both servers. Raises PostgresFailed, and then nothing runs any more."""
        first, second = self._servers[writer], self._servers[self._other[writer]]
        try:
            first.storage.initialise()
            first.start()
            password = literal(first.storage.passwords.replicator)
            first.query(f"create role {REPLICATOR} login replication password {password}")
            second.storage.clone()
            self._start_standby(second)
        except BaseException:
            self.stop()
            raise
        self._writer = writer

    def create_owner(self, username: str, password: str, database: str) -> None:
        """Let the writer have the role *username*, whose sessions end, and a *database* that it owns."""
        role, name = identifier(username), identifier(database)
        with self._changes:
            writer = self._servers[self.writer]
            known = writer.query("select 1 from pg_roles where rolname = :name", name=username)
            verb = "alter" if known else "create"
            writer.query(f"{verb} role {role} login password {literal(password)}")
            writer.query(END_SESSIONS, name=username)
            known = writer.query("select 1 from pg_database where datname = :name", name=database)
            verb = f"alter database {name} owner to" if known else f"create database {name} owner"
            writer.query(f"{verb} {role}", timeout_s=PATIENTLY_S)

    def promote(self, region: str) -> None:
        """Make the region's server a writer, whatever the other one does, and read that back."""
        self._return.wait()
        with self._changes:
            if not self.is_writer(region):
                promote(self._servers[region])
            self._writer = region

    def switchover(self, region: str) -> None:
        """Make the region's server the writer and the other one its standby; nothing is lost.

        A writer whose processes are dead is started for that: its disk has all that it committed.

        Returns when the new writer takes writes; the old one comes back by itself, and the next change waits.
        Raises PostgresFailed; the old writer writes again if that was before the promotion.
        """
        new, old = self._servers[region], self._servers[self._other[region]]
        with self._changes:
            self._return.wait()
            if self.is_writer(region):
                return
            if not old.running:  # what it committed is on its disk; nobody reaches it meanwhile
                old.start(reachable=False)
                new.wait_until("replication", lambda: new.query(STREAMING) == [[1]])
            hand_over(old, new)
            self._writer = region
            self._return.begin(lambda: self._start_standby(old))

    def is_writer(self, region: str) -> bool:
        """Whether the region's server takes writes; one that does not answer takes none."""
        try:
            ((in_recovery,),) = self._servers[region].query("select pg_is_in_recovery()")
        except ServerDown:
            return False
        return not in_recovery

    def lag(self, region: str) -> float | None:
        """How many seconds of the other region's commits this region lacks; None is unknown."""
        standby, writer = self._servers[region], self._servers[self._other[region]]
        if self.is_writer(region):
            return 0.0
        asked_at = time.time()
        try:
            complete, last_commit_at = caught_up(standby, writer)
        except ServerDown:
            return None
        if complete:
            self._caught_up_at[region] = asked_at
            return 0.0
        return max(0.0, asked_at - max(self._caught_up_at[region], last_commit_at or 0.0))

    def rejoin(self, region: str, *, salvage_to: Path) -> int:
        """Bring a lost writer back as a standby of the other region's server.

        Rows that never left it go to the file *salvage_to* first; returns how many. A standby just starts.
        """
        self._return.wait()
        returning, survivor = self._servers[region], self._servers[self._other[region]]
        if not self.is_writer(survivor.region):
            raise PostgresFailed(f"{survivor.region} has no writer to follow", "promote it first")
        returning.stop()
        rows = 0
        if not returning.storage.is_standby():
            returning.start(reachable=False)  # nobody can write, and the crash is recovered from
            rows = salvage(returning, survivor, salvage_to)
            returning.stop()
            # without it PostgreSQL 15 sees no need to rewind
            survivor.query("checkpoint", timeout_s=PATIENTLY_S)
            returning.storage.rewind()
        self._start_standby(returning)
        return rows

    def stop(self) -> None:
        """Stop both servers, within seconds, and delete their data, for good; safe to repeat."""
        self._return.wait()
        # a writer waits for its standby to have everything: the standby leaves first
        for server in sorted(self._servers.values(), key=lambda each: each.region == self._writer):
            server.stop()
        self._host.remove()

    def _start_standby(self, server: Server) -> None:
        server.start()
        server.wait_until("replication", lambda: server.query(STREAMING) == [[1]])
