"""Whether this region should get the traffic: what Route 53 asks and DNS follows."""

from durable.lease_view import RecentLease, Standing, standing
from durable.ledger import Ledger
from durable.worker import Worker
from failover.lease import Lease
from failover.lease_table import LeaseUnknown
from payments.book import BOOK
from runtime.database import Database, DatabaseUnavailable

# Together below the two seconds a health checker waits.
LEASE_LIMIT_S = 0.7
DATABASE_LIMIT_S = 1.0


class Readiness:
    """Asks the lease and the database, each within its limit.

    The database gets a new connection every time: that new ones can be made is part of the answer,
    and a probe that hangs shares nothing with the requests.
    """

    def __init__(
        self, *, region: str, ttl_ms: int, skew_ms: int, lease: RecentLease, database: Database
    ) -> None:
        self._region = region
        self._ttl_ms = ttl_ms
        self._skew_ms = skew_ms
        self._lease = lease
        self._database = database
        self._worker = Worker()

    def check(self) -> Standing:
        """READY, or the first rule against it. Anything unknown is against it."""
        try:
            lease, now_ms = self._read_lease()
        except (LeaseUnknown, TimeoutError):
            return Standing.LEASE_UNKNOWN
        found = standing(
            lease, region=self._region, now_ms=now_ms, ttl_ms=self._ttl_ms, skew_ms=self._skew_ms
        )
        if lease is None or found is not Standing.READY:
            return found
        try:
            return self._worker.run(lambda: self._probe(lease.epoch), within_s=DATABASE_LIMIT_S)
        except (DatabaseUnavailable, TimeoutError):
            return Standing.DATABASE_UNAVAILABLE

    def routable(self) -> bool:
        """Whether this region knows who holds the lease: only then can it serve a request or pass it on."""
        try:
            self._read_lease()
        except (LeaseUnknown, TimeoutError):
            return False
        return True

    def _read_lease(self) -> tuple[Lease | None, int]:
        return self._worker.run(self._lease.current, within_s=LEASE_LIMIT_S)

    def _probe(self, epoch: int) -> Standing:
        with self._database.session() as connection:
            writable = Ledger(connection, BOOK).admits(epoch)
        return Standing.READY if writable else Standing.FENCED
