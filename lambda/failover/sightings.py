"""What one observer knows from having looked before: how old a renewal is at least, whatever clocks show."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from failover.lease import Lease
from runtime.clock import Clock

SLOW_TICK_MS = 10_000
"""A renewal names the time before its tick began; the write arrives later by no more than this."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """One look at a lease that was there."""

    lease: Lease
    at_ms: int
    """When it ended, by the own clock."""
    unchanged_ms: int
    """Since this renewal was first seen."""
    clock_off_ms: int
    """By how much this clock and the one that renewed the lease differ, at least."""


class Sightings:
    """Looks at one lease, again and again.

    A clock can be set; how long ago this process first saw a renewal cannot. An expiry never goes back within
    an epoch, so a lease that shows the same expiry twice was not renewed between the two looks.
    """

    def __init__(self, *, ttl_ms: int, clock: Clock, steady_s: Callable[[], float] = time.monotonic) -> None:
        self._ttl_ms = ttl_ms
        self._clock = clock
        self._steady_s = steady_s
        self._renewal: tuple[int, int] | None = None
        self._since_s = 0.0
        self._looked_ms: int | None = None

    def of(self, lease: Lease) -> Sighting:
        """This look, which ended just now."""
        now_s, now_ms = self._steady_s(), self._clock()
        renewal = (lease.epoch, lease.expires_at_ms)
        new = renewal != self._renewal
        if new:
            self._renewal, self._since_s = renewal, now_s
        renewed_ms = lease.expires_at_ms - self._ttl_ms
        ahead_ms = renewed_ms - now_ms
        behind_ms = self._looked_ms - renewed_ms - SLOW_TICK_MS if new and self._looked_ms else 0
        self._looked_ms = now_ms
        return Sighting(lease, now_ms, int((now_s - self._since_s) * 1000), max(ahead_ms, behind_ms, 0))
