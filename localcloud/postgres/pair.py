"""Two PostgreSQL servers with streaming replication: Aurora's global database on one machine."""

import threading
import time
from collections.abc import Iterable, Mapping
from pathlib import Path

from pg8000.native import identifier, literal

from localcloud.core import tls
from localcloud.postgres import binaries
from localcloud.postgres.errors import PostgresFailed, ServerDown
from localcloud.postgres.host import Host
from localcloud.postgres.salvage import salvage
from localcloud.postgres.server import PATIENTLY_S, Server
from localcloud.postgres.statements import END_SESSIONS, caught_up
from localcloud.postgres.storage import REPLICATOR, Passwords, Storage
from localcloud.postgres.switchover import STREAMING, Return, hand_over, promote

_A_PAIR = 2


class PostgresPair:
    """The servers of two regions. All calls block and may come from any thread.

    The constructor makes folders, a certificate authority and passwords, and starts nothing. Then
    whoever owns the network starts a `Link` to `target(region)` on each of *link_ports*, and calls
    `start`. *ports* and *link_ports* are TCP ports of 127.0.0.1 by region: where clients reach the
    region's server over TLS, and where the other region's server reaches it through the link. *names* are
    those besides loopback's that the servers prove to have. A system with both servers in one region gives
    them names of their own in place of regions.
    """

    def __init__(
        self,
        state: Path,
        *,
        ports: Mapping[str, int],
        link_ports: Mapping[str, int],
        names: Iterable[str] = (),
    ) -> None:
        if len(ports) != _A_PAIR or ports.keys() != link_ports.keys():
            raise ValueError(f"a pair has two regions, received {ports} and {link_ports}")
        self._host = Host.choose(state, binaries.find())
        certificate = tls.issue(self._host.home / "tls", names)
        self.ca_pem = certificate.ca_pem
        """The trust anchor that clients need, PEM."""
        passwords = Passwords()
        here, there = ports
        self._other = {here: there, there: here}
        self._servers = {
            region: Server(
                Storage(region, self._host, upstream=link_ports[other], passwords=passwords),
                port=ports[region],
                certificate=certificate,
            )
            for region, other in self._other.items()
        }
        self._writer: str | None = None
        self._caught_up_at = dict.fromkeys(ports, 0.0)
        self._return = Return()
        self._changes = threading.Lock()  # one promotion or owner at a time; kill never waits for it

    def target(self, region: str) -> Path:
        """The Unix socket of the region's server: where the link that leads there ends."""
        return self._servers[region].storage.socket

    def start(self, writer: str) -> None:
        """Start both servers, empty, with the one of region *writer* as the writer.

        Returns when replication flows. Raises PostgresFailed, and then nothing runs any more.
        """
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
            writer = self._current_writer()
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
        """How many seconds of the other region's commits this region lacks; 0.0 for a writer.

        None is unknown: one of the two does not answer. Both are asked, because a standby alone
        cannot tell an idle writer from a cut link.
        """
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

    def kill(self, region: str) -> frozenset[int]:
        """Kill all database processes of the region at once; returns their ids when they are gone."""
        return self._servers[region].kill()

    def freeze(self, region: str) -> frozenset[int]:
        """Let all of the region's database processes stand still; returns their ids."""
        return self._servers[region].freeze()

    def thaw(self, region: str) -> frozenset[int]:
        """Let the region's database processes go on where they stood still; returns their ids."""
        return self._servers[region].thaw()

    def fill_disk(self, region: str) -> frozenset[int]:
        """Let the region's server write nothing until it is started again; returns its processes' ids."""
        return self._servers[region].fill_disk()

    def revive(self, region: str) -> None:
        """Start the region's killed server on its data: a lost writer believes it is one still."""
        self._servers[region].start()

    @property
    def started(self) -> bool:
        """Whether there was ever a writer."""
        return self._writer is not None

    def running(self, region: str) -> bool:
        """Whether the region's server has a process."""
        return self._servers[region].running

    @property
    def writer(self) -> str:
        """The region that was made the writer last."""
        return self._current_writer().region

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

    def _current_writer(self) -> Server:
        if self._writer is None:
            raise PostgresFailed("the pair has not been started", "call start() first")
        return self._servers[self._writer]
