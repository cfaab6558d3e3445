"""The lease: which region may acknowledge requests, in which epoch, and until when. Pure."""

from dataclasses import dataclass, replace
from enum import StrEnum

MAX_AGE_MS = 500
"""How old the lease may be that a request believes. A planned handover waits so long after its drain."""
IN_TRANSIT_MS = 15_000
"""Requests wait for a planned handover so long. One that takes longer is an outage."""


class LeaseState(StrEnum):
    """What the holder is doing with its lease. ACTIVE acknowledges, and TAKING once it accepts."""

    TAKING = "TAKING"
    ACTIVE = "ACTIVE"
    DRAINING = "DRAINING"


class Automation(StrEnum):
    """Whether an expired lease may be taken over without a person."""

    RUNNING = "RUNNING"
    PAUSED = "PAUSED"


class Kind(StrEnum):
    """How a region comes, or came, to the lease; it decides what happens to the database."""

    BOOTSTRAP = "bootstrap"
    """The writer is here already, or still: nothing is promoted."""
    FAILOVER = "failover"
    """The writer may be lost: this region's cluster is promoted, data loss allowed."""
    SWITCHOVER = "switchover"
    """Both regions are well: the writer moves without loss."""
    FAILBACK = "failback"
    """A switchover home, behind a gate."""

    @property
    def planned(self) -> bool:
        """Whether the old holder takes part: it drains, and nothing can be lost."""
        return self in {Kind.SWITCHOVER, Kind.FAILBACK}


@dataclass(frozen=True, slots=True, kw_only=True)
class Handover:
    """What a DRAINING lease is being drained for."""

    to: str
    """The region that gets the lease."""
    kind: Kind
    attempt: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """The one item of the lease table. Times are milliseconds since 1970, UTC.

    The invariant it carries: at most one region acknowledges at any time. A holder stops `skew`
    before the expiry and a challenger starts `skew` after it, so clocks may differ by twice that.
    """

    system: str
    epoch: int
    """Grows by one with every change of holder, never otherwise."""
    holder: str
    state: LeaseState
    expires_at_ms: int
    automation: Automation
    changed_at_ms: int
    """When the epoch or the state changed last; renewals leave it alone."""
    previous_holder: str | None = None
    kind: Kind = Kind.FAILOVER
    """How the holder came to it. An epoch without a previous holder is a bootstrap whatever this says."""
    attempt: int = 1
    """Which execution makes the holder serve; an operator who starts a failed one again adds one."""
    handover: Handover | None = None
    """Only while DRAINING."""
    acknowledged_epoch: int = 0
    """The last epoch whose failover an operator acknowledged."""
    latest_expiry_ms: int = 0
    """The latest expiry that any epoch before this one had; 0 where older code wrote the lease."""
    accepting_epoch: int = 0
    """The epoch whose holder takes requests into the journal before its database is a writer. It names the
    epoch, so what an earlier failover left here lets nobody in."""

    @classmethod
    def first(cls, system: str, *, holder: str, now_ms: int, ttl_ms: int) -> "Lease":
        """The lease of a system that never had one."""
        return cls(
            system=system,
            epoch=1,
            holder=holder,
            state=LeaseState.TAKING,
            expires_at_ms=now_ms + ttl_ms,
            automation=Automation.RUNNING,
            changed_at_ms=now_ms,
        )

    @classmethod
    def again(
        cls, system: str, seen: "Lease | None", *, holder: str, epoch: int, now_ms: int, ttl_ms: int
    ) -> "Lease":
        """A new epoch where the writer is, when an operator begins anew. Nothing is promoted.

        Automation stays as it was; without a lease to tell it is paused, since something removed that lease.
        """
        return cls(
            system=system,
            epoch=epoch,
            holder=holder,
            state=LeaseState.TAKING,
            expires_at_ms=now_ms + ttl_ms,
            automation=seen.automation if seen else Automation.PAUSED,
            changed_at_ms=now_ms,
            previous_holder=holder,
            kind=Kind.BOOTSTRAP,
            acknowledged_epoch=seen.acknowledged_epoch if seen else 0,
            latest_expiry_ms=seen.acknowledged_until_ms if seen else 0,
        )

    def taken_over(self, *, by: str, now_ms: int, ttl_ms: int) -> "Lease":
        """The next epoch, in another region. Automation pauses: one automatic failover, no ping-pong."""
        return replace(
            self,
            epoch=self.epoch + 1,
            holder=by,
            state=LeaseState.TAKING,
            expires_at_ms=now_ms + ttl_ms,
            automation=Automation.PAUSED,
            changed_at_ms=now_ms,
            previous_holder=self.holder,
            kind=Kind.FAILOVER,
            attempt=1,
            handover=None,
            latest_expiry_ms=self.acknowledged_until_ms,
        )

    def taken_back(self, *, by: str, now_ms: int, ttl_ms: int) -> "Lease":
        """The next epoch, in the region that a failover left: its writer is still there, nothing is promoted.

        Automation stays as the failover left it, paused: a person looks at what went wrong.
        """
        return replace(
            self.taken_over(by=by, now_ms=now_ms, ttl_ms=ttl_ms),
            kind=Kind.BOOTSTRAP,
            automation=self.automation,
        )

    def draining(self, handover: Handover, *, now_ms: int) -> "Lease":
        """The same epoch, taking no new requests, until it is handed over or stays after all."""
        return replace(self, state=LeaseState.DRAINING, changed_at_ms=now_ms, handover=handover)

    def staying(self, *, now_ms: int) -> "Lease":
        """The same epoch, serving again: the handover is off."""
        return replace(self, state=LeaseState.ACTIVE, changed_at_ms=now_ms, handover=None)

    def handed_over(self, handover: Handover, *, now_ms: int) -> "Lease":
        """The next epoch, in the region it was drained for. Automation and expiry go on as they were."""
        return replace(
            self,
            epoch=self.epoch + 1,
            holder=handover.to,
            state=LeaseState.TAKING,
            changed_at_ms=now_ms,
            previous_holder=self.holder,
            kind=handover.kind,
            attempt=handover.attempt,
            handover=None,
            latest_expiry_ms=self.acknowledged_until_ms,
        )

    @property
    def acknowledged_until_ms(self) -> int:
        """No clock showed more, in any epoch so far, when something was acknowledged by it.

        A holder acknowledges before its expiry only, and the expiry never goes back within an epoch. So it
        tells those who look for what a holder acknowledged how far ahead of theirs its clock may have been.
        """
        return max(self.latest_expiry_ms, self.expires_at_ms)

    @property
    def unacknowledged(self) -> bool:
        """Whether this epoch began with a failover that no operator has acknowledged yet."""
        return (
            self.previous_holder is not None
            and self.kind is Kind.FAILOVER
            and self.acknowledged_epoch < self.epoch
        )

    @property
    def never_served(self) -> bool:
        """Whether no region has been ACTIVE yet: the first epoch's takeover did not come that far."""
        return self.previous_holder is None and self.state is LeaseState.TAKING

    def abandoned_by(self, region: str) -> bool:
        """Whether a failover took it from the region and has not served yet."""
        return self.previous_holder == region and self.state is LeaseState.TAKING and not self.kind.planned

    def held_by(self, region: str) -> bool:
        """Whether the region is the holder, expired or not."""
        return self.holder == region

    @property
    def accepts(self) -> bool:
        """Whether the holder takes requests into the journal, and settles them once the writer is there."""
        return self.state is LeaseState.TAKING and self.accepting_epoch == self.epoch

    @property
    def serves(self) -> bool:
        """Whether requests are acknowledged under it, while it has not expired."""
        return self.state is LeaseState.ACTIVE or self.accepts

    def acknowledges(self, region: str, *, now_ms: int, ttl_ms: int, skew_ms: int) -> bool:
        """Whether the region may acknowledge a request now, as settled or as accepted."""
        return (
            self.held_by(region)
            and self.serves
            and now_ms < self.expires_at_ms - skew_ms
            and self.believed(now_ms=now_ms, ttl_ms=ttl_ms, skew_ms=skew_ms)
        )

    def believed(self, *, now_ms: int, ttl_ms: int, skew_ms: int) -> bool:
        """Whether the expiry was written by a clock that agrees with this one.

        A renewal sets the expiry one term ahead, and two clocks differ by at most twice the skew. An expiry
        further away proves that one of the two is wrong, and not which: nobody acknowledges by it.
        """
        return self.expires_at_ms - now_ms <= ttl_ms + 2 * skew_ms

    def in_transit(self, *, now_ms: int, skew_ms: int) -> bool:
        """Whether it is being handed over as planned, and a region will acknowledge in a moment."""
        moving = self.state is LeaseState.DRAINING or (self.state is LeaseState.TAKING and self.kind.planned)
        timely = now_ms < min(self.expires_at_ms - skew_ms, self.changed_at_ms + IN_TRANSIT_MS)
        return moving and timely

    def expired(self, *, now_ms: int, skew_ms: int) -> bool:
        """Whether a challenger may be sure that the holder has stopped acknowledging."""
        return now_ms > self.expires_at_ms + skew_ms
