"""Whether this region should get the traffic: what Route 53 asks and DNS follows."""

from durable.book import Book
from durable.bounded_calls import BoundedCalls
from durable.lease_view import RecentLease, ServingStatus, serving_status
from durable.ledger import Ledger
from failover.lease import Lease
from failover.lease_table import LeaseUnknown
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
        self,
        *,
        region: str,
        ttl_ms: int,
        skew_ms: int,
        lease: RecentLease,
        database: Database,
        book: Book,
    ) -> None:
        self._region = region
        self._ttl_ms = ttl_ms
        self._skew_ms = skew_ms
        self._lease = lease
        self._database = database
        self._book = book
        self._bounded = BoundedCalls()

    def check(self) -> ServingStatus:
        """READY, or the first rule against it. Anything unknown is against it."""
        try:
            lease, now_ms = self._read_lease()
        except (LeaseUnknown, TimeoutError):
            return ServingStatus.LEASE_UNKNOWN
        found = serving_status(
            lease, region=self._region, now_ms=now_ms, ttl_ms=self._ttl_ms, skew_ms=self._skew_ms
        )
        if lease is None or found is not ServingStatus.READY:
            return found
        try:
            return self._bounded.run(lambda: self._probe(lease.epoch), within_s=DATABASE_LIMIT_S)
        except (DatabaseUnavailable, TimeoutError):
            return ServingStatus.DATABASE_UNAVAILABLE

    def routable(self) -> bool:
        """Whether this region knows who holds the lease: only then can it serve a request or pass it on."""
        try:
            self._read_lease()
        except (LeaseUnknown, TimeoutError):
            return False
        return True

    def _read_lease(self) -> tuple[Lease | None, int]:
        return self._bounded.run(self._lease.current, within_s=LEASE_LIMIT_S)

    def _probe(self, epoch: int) -> ServingStatus:
        with self._database.session() as connection:
            writable = Ledger(connection, self._book).admits(epoch)
        return ServingStatus.READY if writable else ServingStatus.FENCED
