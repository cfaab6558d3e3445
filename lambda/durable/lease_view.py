"""What a request knows about the lease, and whether that is enough to acknowledge."""

import time
from collections.abc import Callable
from enum import StrEnum
from threading import Lock

from failover.lease import MAX_AGE_MS, Lease
from failover.lease_table import LeaseTable, LeaseUnknown
from runtime.clock import Clock

READS = 3
"""So often an answer may take longer than that before there is none."""


class RecentLease:
    """The lease as read at most half a second ago, so that not every request costs a read.

    A cached lease expires like any other: nothing outlives `expires_at_ms` by being remembered. Only one
    that lets a region acknowledge is remembered: any other may be over in a moment. Threads that need a read
    at the same time share one, and its failure: a slow table would only get slower if each of them asked.
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
        self._reading = Lock()
        self._failures = 0

    def current(self) -> tuple[Lease | None, int]:
        """The lease, or None when no region ever took it, and the moment at which that was recent, epoch ms.

        Whatever is concluded must be concluded for that moment: a request may stand still after it.

        Raises:
            LeaseUnknown: it had to be read and the table did not answer, or never soon enough.
        """
        failures, came_s = self._failures, self._steady_s()
        now_ms = self._clock()
        seen = _, _, lease = self._seen
        if _serves(lease) and self._recent(now_ms):
            return lease, now_ms
        with self._reading:
            if self._seen is not seen:
                now_ms = self._clock()
                _, read_at_s, lease = self._seen
                if (_serves(lease) or read_at_s > came_s) and self._recent(now_ms):
                    return lease, now_ms
            if self._failures != failures:
                raise LeaseUnknown("the lease table was asked meanwhile, in vain")
            try:
                return self._read()
            except LeaseUnknown:
                self._failures += 1
                raise

    def _read(self) -> tuple[Lease | None, int]:
        for _ in range(READS):
            # The age counts from before the read: the answer may have been formed right then.
            read_at_ms, read_at_s = self._clock(), self._steady_s()
            lease = self._table.read()
            self._seen = (read_at_ms, read_at_s, lease)
            now_ms = self._clock()
            if not _serves(lease) or self._recent(now_ms):
                return lease, now_ms
        raise LeaseUnknown(f"the lease table needs more than {MAX_AGE_MS} ms to answer")

    def _recent(self, now_ms: int) -> bool:
        read_at_ms, read_at_s, _ = self._seen
        # A clock that was set back makes the age negative: that is not recent either.
        return 0 <= now_ms - read_at_ms < MAX_AGE_MS and (self._steady_s() - read_at_s) * 1000 < MAX_AGE_MS

    def forget(self) -> None:
        """Let the next look be a read."""
        _, _, lease = self._seen
        self._seen = (0, 0.0, lease)

    @property
    def last_epoch(self) -> int | None:
        """The epoch of the last read; costs no read."""
        _, _, lease = self._seen
        return lease.epoch if lease else None


def _serves(lease: Lease | None) -> bool:
    return lease is not None and lease.serves


class ServingStatus(StrEnum):
    """Whether a region may take requests, and if not, the first rule that says why."""

    LEASE_UNKNOWN = "H10_lease_unknown"
    NO_LEASE = "H20_no_lease"
    NOT_HOLDER = "H30_not_holder"
    NOT_ACTIVE = "H40_not_active"
    LEASE_EXPIRED = "H50_lease_expired"
    EXPIRY_DOUBTED = "H55_expiry_doubted"
    """It ends later than any lease can: this clock, or the one that wrote it, is wrong."""
    DATABASE_UNAVAILABLE = "H60_database_unavailable"
    FENCED = "H70_fenced"
    ACCEPTING = "H80_accepting"
    """It takes requests into the journal, and its database is not a writer yet."""
    READY = "H90_ready"

    @property
    def takes_requests(self) -> bool:
        """Whether clients belong here."""
        return self in {ServingStatus.ACCEPTING, ServingStatus.READY}


def serving_status(
    lease: Lease | None, *, region: str, now_ms: int, ttl_ms: int, skew_ms: int
) -> ServingStatus:
    """What the lease says about the region now: READY may acknowledge, ACCEPTING only as accepted."""
    if lease is None:
        return ServingStatus.NO_LEASE
    if not lease.held_by(region):
        return ServingStatus.NOT_HOLDER
    if not lease.serves:
        return ServingStatus.NOT_ACTIVE
    if not lease.believed(now_ms=now_ms, ttl_ms=ttl_ms, skew_ms=skew_ms):
        return ServingStatus.EXPIRY_DOUBTED
    if not lease.acknowledges(region, now_ms=now_ms, ttl_ms=ttl_ms, skew_ms=skew_ms):
        return ServingStatus.LEASE_EXPIRED
    return ServingStatus.ACCEPTING if lease.accepts else ServingStatus.READY
