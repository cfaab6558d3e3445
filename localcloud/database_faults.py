"""What drills do to the databases of a system that has both in one region.

database-away  {"standby_s"}  the writer's machine is lost; after so many seconds its second copy serves
database-lost  {}             both copies of the writer are lost, for good
writer-lost    {"failover_s"} the writer of a cluster is lost; after so many seconds the reader writes

The second copy, in another zone, is written synchronously (RDS Multi-AZ), so it has every commit: the same
server, started again on its own data, stands for it. Instances of an Aurora cluster share their storage: what
the lost writer has on its disk reaches the reader before that writes, and the lost one comes back as reader.
"""

import logging
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from localcloud.systems.system import LocalSystem

FAILED = "failed"
"""What RDS says of a database that it cannot bring back."""
AWAY, LOST, WRITER_LOST = "database-away", "database-lost", "writer-lost"
DATABASE_FAULTS = frozenset({AWAY, LOST, WRITER_LOST})
log = logging.getLogger("localcloud")


class DatabaseServers(Protocol):
    """The part of PostgresPair that is needed here."""

    @property
    def writer(self) -> str:
        """The server that was made the writer last."""

    def kill(self, region: str) -> object:
        """End its processes at once."""

    def revive(self, region: str) -> None:
        """Start it on its data."""

    def switchover(self, region: str) -> None:
        """Make it the writer, and the other one its standby."""


class DatabaseRecords(Protocol):
    """What RDS says of databases."""

    def set_database(self, region: str, name: str, status: str) -> None:
        """Let RDS say so."""

    def set_writer(self, region: str, name: str) -> None:
        """Let RDS call this instance of a cluster the writer."""

    def follow(self, region: str, *, writer: str, replica: str) -> None:
        """Let RDS call both available, and the one a replica of the other."""


@dataclass(slots=True)
class DatabaseFaults:
    """Begins them, and ends them all. Calls block."""

    system: LocalSystem
    servers: DatabaseServers
    records: DatabaseRecords
    away: dict[str, threading.Timer] = field(default_factory=dict)
    """Writers whose second copy, or whose reader, does not serve yet."""
    again: dict[str, Callable[[str], None]] = field(default_factory=dict)
    """What lets the application write again, by the writer that is away."""
    lost: set[str] = field(default_factory=set)

    def begin(self, name: str, order: Mapping[str, Any]) -> None:
        """Begin the fault *name*. Raises KeyError for half an order."""
        writer = self.servers.writer
        log.warning("fault: %s %s of %s", name, dict(order), writer)
        if name == LOST:
            self.lost.add(writer)
            self.servers.kill(writer)
            self.records.set_database(self.system.databases[writer], writer, FAILED)
            return
        wait_s, after = ("failover_s", self._fail_over) if name == WRITER_LOST else ("standby_s", self._serve)
        timer = threading.Timer(float(order[wait_s]), after, (writer,))
        timer.daemon = True
        self.away[writer] = timer
        self.again[writer] = after
        self.servers.kill(writer)
        timer.start()

    def _serve(self, writer: str) -> None:
        if self.away.pop(writer, None):
            self.servers.revive(writer)

    def _fail_over(self, writer: str) -> None:
        if self.away.pop(writer, None):
            heir = next(name for name in self.system.databases if name != writer)
            self.servers.switchover(heir)
            self.records.set_writer(self.system.databases[heir], heir)

    def end(self) -> None:
        """Let every writer that is away, or lost and not replaced, run again."""
        for writer, timer in [*self.away.items()]:
            timer.cancel()
            self.again[writer](writer)
        for name in self.lost:
            if self.servers.writer == name:
                self.servers.revive(name)

    def rebuild(self) -> None:
        """Let a lost writer, which follows the promoted replica by now, be the writer again."""
        writer, replica = self.system.databases
        if self.lost:
            if self.servers.writer != writer:
                self.servers.switchover(writer)
            self.records.follow(self.system.databases[writer], writer=writer, replica=replica)
        self.lost.clear()
