"""What the recovery core is handed by a system: it imports none, and each of them binds these to what it has.

A method raises what its port names, and the core makes an unknown fact or another try of it. How a system
comes by them is on the page docs/add-a-system.md.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from failover.loss import LossEstimate
from failover.operations import TakeoverCompleted
from failover.region_api import RegionAnswer

Facts = dict[str, object]
"""What a step reports: JSON, and evidence afterwards."""


class StaleEpoch(Exception):
    """The fence is not at the writer's epoch: another holder owns the database.

    Args:
        epoch: the epoch the writer came with.
    """

    def __init__(self, epoch: int) -> None:
        super().__init__(f"the ledger's fence is not at epoch {epoch}")
        self.epoch = epoch


class RecoveryUnavailable(Exception):
    """What was acknowledged cannot be read, so nothing is known about it."""


class WriterUnavailable(Exception):
    """The control plane of the database does not say, or did not accept what it was asked for."""


class WriterBusy(WriterUnavailable):
    """It refuses in the state that it is in: perhaps because it does already what it was asked for."""


class EventsUnavailable(Exception):
    """The event bus did not answer, or this region has none yet. What was not published is kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalGap:
    """What was acknowledged, beside this region's copy of the database, in requests."""

    compared: int
    """Requests that were looked at: all that this copy may lack."""
    intents: int
    """Accepted a while ago, not known to be settled and not in this copy: the reconciler's work."""
    missing: int
    """Settled, not in this copy: the lag of replication, exactly."""
    overdue: int
    """Those of the missing that were accepted longer ago than replication ever needs."""
    set_aside: tuple[object, ...] = ()
    """The requests that wait for a person, by name; not all of them when they are many."""


class FencedDatabase(Protocol):
    """This region's copy of the database, and the fence that says whose writes it takes.

    Every method raises `runtime.database.DatabaseUnavailable` when the database does not answer.
    """

    def writable(self) -> bool:
        """Whether it takes writes: False on a replica."""

    def version(self) -> str:
        """The version of the engine."""

    def fence_epoch(self) -> int | None:
        """The epoch that may write, or None before the first holder set one."""

    def raise_fence(self, epoch: int, *, now_ms: int) -> int | None:
        """Let only writers of `epoch` in from now on; the epoch that was read back.

        What a clock ahead of `now_ms` wrote down about this copy is forgotten. Raises StaleEpoch when the
        fence is at a later epoch: it is never lowered.
        """

    def admits(self, epoch: int) -> bool:
        """Whether a write of this epoch would be taken now."""

    def beat(self, epoch: int, *, now_ms: int) -> None:
        """Say that the writer of `epoch` is alive. Raises StaleEpoch."""


class Recovery(Protocol):
    """What was acknowledged anywhere, read in this region.

    Every method raises `RecoveryUnavailable` or `DatabaseUnavailable` when something does not answer.
    """

    def ready_for_requests(self, now_ms: int) -> None:
        """Return if a request could be accepted here now."""

    def ready_for_replay(self, now_ms: int) -> None:
        """Return if all that was acknowledged can be read here now."""

    def whole(self, *, until_ms: int) -> bool:
        """Whether what claims keys has forgotten none that it ought to know: it came out of no backup.

        Nobody acknowledged by a clock that showed more than *until_ms*.
        """

    def arriving(self, now_ms: int) -> int:
        """How many requests came in this minute and the one before it."""

    def gap(self, *, until_ms: int) -> JournalGap:
        """What this copy lacks. Nobody acknowledged by a clock that showed more than *until_ms*."""

    def loss(self, *, until_ms: int, trusted: bool) -> LossEstimate:
        """What a forced promotion of this copy may lose. *trusted*: see `LossPolicy.journal_trusted`."""

    def replay(
        self,
        *,
        epoch: int,
        region: str,
        until_ms: int,
        early_since_ms: int | None,
        still_ours: Callable[[], object],
    ) -> Facts:
        """Record here what was acknowledged and is not here, each under its own key, and read it back.

        What this epoch itself accepted since *early_since_ms*, None where it did not, may be left out.
        *still_ours* raises when the lease no longer stands for this takeover: nothing is called settled then.
        Raises StaleEpoch too.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class Validated:
    """What was found when the data of this region was validated."""

    compared: int
    """Requests of earlier epochs that were looked at."""
    accounts: int
    """Principals whose sums were compared."""
    contradictions: tuple[str, ...]
    """What should not be, one line each, without personal data."""


class Validation(Protocol):
    """What a system demands of its data before a takeover ends.

    Both methods raise `RecoveryUnavailable` or `DatabaseUnavailable` when something does not answer.
    """

    def examine(self, *, epoch: int, until_ms: int) -> Validated:
        """Look at what was acknowledged before this epoch, by clocks that showed no more than *until_ms*."""

    def halt(self, reason: str) -> None:
        """Let no new requests of clients in, in either region, until a person says so."""


class Writer(Protocol):
    """The control plane that moves the writer between the regions. Every method raises WriterUnavailable."""

    def request(self, *, planned_from: str | None) -> None:
        """Ask for the writer in this region. Raises WriterBusy too.

        Args:
            planned_from: the region that gives it away without loss; None: it may be lost.
        """

    def is_here(self) -> bool:
        """Whether this region's copy is the writer of all regions, and stays it."""

    def is_coming(self) -> bool:
        """Whether the writer is being moved here, or is here."""


class Api(Protocol):
    """This region's API. Every method raises `region_api.ApiUnavailable` when it does not answer."""

    def live(self) -> bool:
        """Whether the region answers at all."""

    def ready(self) -> bool:
        """Whether it takes requests."""

    def prove(self, *, system: str, epoch: int) -> RegionAnswer:
        """Send one synthetic request all the way through; the same one however often in an epoch."""


class Sign(Protocol):
    """The sign of life of this region's keeper. Both methods raise `failover.lease_table.LeaseUnknown`."""

    def leave(self, now_ms: int) -> None:
        """Say that the keeper ticked."""

    def is_fresh(self, now_ms: int) -> bool:
        """Whether it ticked so lately that it could keep a lease."""


class Service(Protocol):
    """The function behind the API."""

    def warm(self, *, calls: int, hold_ms: int) -> frozenset[str]:
        """Invoke it *calls* times at once, each held so long; the environments that answered."""


class Events(Protocol):
    """The own region's bus for operational events."""

    def publish(self, events: Sequence[TakeoverCompleted]) -> list[str]:
        """The ids of those that the bus took. Raises EventsUnavailable."""
