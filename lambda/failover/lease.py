"""The lease: which region may acknowledge payments, in which epoch, and until when. Pure."""

from dataclasses import dataclass, replace
from enum import StrEnum


class LeaseState(StrEnum):
    """What the holder is doing with its lease. Only ACTIVE acknowledges."""

    TAKING = "TAKING"
    ACTIVE = "ACTIVE"
    DRAINING = "DRAINING"


class Automation(StrEnum):
    """Whether an expired lease may be taken over without a person."""

    RUNNING = "RUNNING"
    PAUSED = "PAUSED"


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
        )

    def held_by(self, region: str) -> bool:
        """Whether the region is the holder, expired or not."""
        return self.holder == region

    def acknowledges(self, region: str, *, now_ms: int, skew_ms: int) -> bool:
        """Whether the region may acknowledge a payment now."""
        return (
            self.held_by(region) and self.state is LeaseState.ACTIVE and now_ms < self.expires_at_ms - skew_ms
        )

    def expired(self, *, now_ms: int, skew_ms: int) -> bool:
        """Whether a challenger may be sure that the holder has stopped acknowledging."""
        return now_ms > self.expires_at_ms + skew_ms
