"""Two database servers, of which one follows the other: what is the same whatever their engine."""

import logging
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Generic, Protocol, TypeVar

from localcloud.core.errors import LocalCloudError

_A_PAIR = 2
log = logging.getLogger("localcloud")


class PairedDatabase(Protocol):
    """One server of a pair."""

    @property
    def running(self) -> bool:
        """Whether it has a process."""

    def start(self) -> None:
        """Start it on the data it has."""

    def kill(self) -> frozenset[int]:
        """Kill all its processes; returns their ids."""

    def freeze(self) -> frozenset[int]:
        """Let its processes stand still; returns their ids."""

    def thaw(self) -> frozenset[int]:
        """Let them go on; returns their ids."""

    def fill_disk(self) -> frozenset[int]:
        """Let it write nothing until it is started again; returns its processes' ids."""


Server = TypeVar("Server", bound=PairedDatabase)


class Return:
    """The way back of the server that a switchover left behind: nobody has to wait until it follows."""

    def __init__(self) -> None:
        self._thread: threading.Thread | None = None

    def begin(self, work: Callable[[], None]) -> None:
        """Do *work* beside everything else; when it fails, that is in the log, and nothing follows."""

        def tell_a_failure() -> None:
            try:
                work()
            except LocalCloudError:
                log.exception("the database server that was left behind does not follow")

        self._thread = threading.Thread(target=tell_a_failure, daemon=True)
        self._thread.start()

    def wait(self) -> None:
        """Wait until it ended, in whichever way."""
        if self._thread is not None:
            self._thread.join()


class NoWriter(LocalCloudError):
    """The pair was never started."""


class DatabasePair(ABC, Generic[Server]):
    """The servers of two regions. All calls block and may come from any thread.

    *ports* and *link_ports* are TCP ports of 127.0.0.1 by region: where clients reach the region's server
    over TLS, and where the other region's server reaches it through the link. Whoever owns the network starts
    a `Link` to `target(region)` on each of *link_ports*, and then calls `start`. A system with both servers
    in one region gives them names of their own in place of regions.
    """

    name: str
    """What a report says ran, such as MySQL 9.7.4."""
    ca_pem: str
    """The trust anchor that clients need, PEM."""
    _servers: Mapping[str, Server]

    def __init__(self, ports: Mapping[str, int], link_ports: Mapping[str, int]) -> None:
        if len(ports) != _A_PAIR or ports.keys() != link_ports.keys():
            raise ValueError(f"a pair has two regions, received {ports} and {link_ports}")
        here, there = ports
        self._other = {here: there, there: here}
        self._writer: str | None = None
        self._return = Return()
        self._changes = threading.Lock()  # one promotion or owner at a time; kill never waits for it

    @abstractmethod
    def target(self, region: str) -> Path | int:
        """The Unix socket or the port of the region's server: where the link that leads there ends."""

    @abstractmethod
    def start(self, writer: str) -> None:
        """Start both servers, empty, with the one of region *writer* as the writer.

        Returns when replication flows. Raises LocalCloudError, and then nothing runs any more.
        """

    @abstractmethod
    def create_owner(self, username: str, password: str, database: str) -> None:
        """Let the writer have the user *username*, whose sessions end, and a *database* that it owns."""

    @abstractmethod
    def promote(self, region: str) -> None:
        """Make the region's server a writer, whatever the other one does, and read that back."""

    @abstractmethod
    def switchover(self, region: str) -> None:
        """Make the region's server the writer and the other one its standby; nothing is lost.

        A writer whose processes are dead is started for that: its disk has all that it committed. Returns
        when the new writer takes writes; the old one comes back by itself, and the next change waits. Raises
        LocalCloudError; the old writer writes again if that was before the promotion.
        """

    @abstractmethod
    def is_writer(self, region: str) -> bool:
        """Whether the region's server takes writes; one that does not answer takes none."""

    @abstractmethod
    def lag(self, region: str) -> float | None:
        """How many seconds of the other region's commits this region lacks; 0.0 for a writer.

        None is unknown: one of the two does not answer. Both are asked, because a standby alone
        cannot tell an idle writer from a cut link.
        """

    @abstractmethod
    def rejoin(self, region: str, *, salvage_to: Path) -> int:
        """Bring a lost writer back as a standby of the other region's server.

        Rows that never left it go to the file *salvage_to* first; returns how many. A standby just starts.
        """

    @abstractmethod
    def stop(self) -> None:
        """Stop both servers, within seconds, and delete their data, for good; safe to repeat."""

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
        if self._writer is None:
            raise NoWriter("the pair has not been started", "call start() first")
        return self._writer
