"""What a request knows about the lease, and whether that is enough to take payments."""

import time
from collections.abc import Callable
from enum import StrEnum

from failover.lease import Lease, LeaseState
from failover.lease_table import LeaseTable
from runtime.clock import Clock

MAX_AGE_MS = 500
"""How old a read may be. A planned handover waits twice this after it began to drain."""


class RecentLease:
    """The lease as read at most half a second ago, so that not every request pays for a read.

    A cached lease expires like any other: nothing outlives `expires_at_ms` by being remembered. Only one
    that lets a region acknowledge is remembered: any other may be over in a moment.
    """

    def __init__(
        self, table: LeaseTable, clock: Clock, steady_s: Callable[[], float] = time.monotonic
    ) -> None:
        self._table = table
        self._clock = clock
        # Of two clocks the later one counts: one can be set back, the other rests while a function is frozen.
        self._steady_s = steady_s
        # One tuple, because the readiness probe reads in a thread of its own.
        self._seen: tuple[int, float, Lease | None] = (0, 0.0, None)

    def current(self) -> Lease | None:
        """The lease, or None when no region ever took it.

        Raises:
            LeaseUnknown: it had to be read and the table did not answer.
        """
        # The age counts from before the read: the answer may have been formed right then.
        now_ms, steady_s = self._clock(), self._steady_s()
        read_at_ms, read_at_s, lease = self._seen
        # A clock that was set back makes the age negative: that is not recent either.
        recent = 0 <= now_ms - read_at_ms < MAX_AGE_MS and (steady_s - read_at_s) * 1000 < MAX_AGE_MS
        if recent and lease is not None and lease.state is LeaseState.ACTIVE:
            return lease
        lease = self._table.read()
        self._seen = (now_ms, steady_s, lease)
        return lease

    def forget(self) -> None:
        """Let the next look be a read."""
        _, _, lease = self._seen
        self._seen = (0, 0.0, lease)

    @property
    def last_epoch(self) -> int | None:
        """The epoch of the last read; costs no read."""
        _, _, lease = self._seen
        return lease.epoch if lease else None


class Standing(StrEnum):
    """Whether a region may take payments, and if not, the first rule that says why."""

    LEASE_UNKNOWN = "H10_lease_unknown"
    NO_LEASE = "H20_no_lease"
    NOT_HOLDER = "H30_not_holder"
    NOT_ACTIVE = "H40_not_active"
    LEASE_EXPIRED = "H50_lease_expired"
    DATABASE_UNAVAILABLE = "H60_database_unavailable"
    FENCED = "H70_fenced"
    READY = "H90_ready"


def standing(lease: Lease | None, *, region: str, now_ms: int, skew_ms: int) -> Standing:
    """What the lease says about the region now; READY means it may acknowledge."""
    if lease is None:
        return Standing.NO_LEASE
    if not lease.held_by(region):
        return Standing.NOT_HOLDER
    if lease.state is not LeaseState.ACTIVE:
        return Standing.NOT_ACTIVE
    if not lease.acknowledges(region, now_ms=now_ms, skew_ms=skew_ms):
        return Standing.LEASE_EXPIRED
    return Standing.READY
