"""The facts of one tick, gathered side by side. A sensor that fails is an unknown fact, not an error."""

from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import Any, TypeVar

from failover.lease import Lease, LeaseState
from failover.lease_table import LeaseTable, LeaseUnknown
from failover.observation import ApiFact, DatabaseFact, LeaseFact, Observation, TakeoverFact
from failover.region_api import ApiUnavailable, RegionApi
from failover.takeover import Takeover, Takeovers
from payments.ledger import Ledger
from runtime.clock import Clock
from runtime.database import Database, DatabaseUnavailable
from runtime.logs import logger

DEADLINE_S = 4.0
"""The longest a tick waits for its facts; what is not known by then is unknown."""

Fact = TypeVar("Fact")


class Observer:
    """The senses of one region's keeper."""

    def __init__(
        self,
        region: str,
        *,
        leases: LeaseTable,
        database: Database,
        api: RegionApi,
        takeovers: Takeovers,
        clock: Clock,
        deadline_s: float = DEADLINE_S,
    ) -> None:
        self._region = region
        self._leases = leases
        self._database = database
        self._api = api
        self._takeovers = takeovers
        self._clock = clock
        self._deadline_s = deadline_s
        # Twice as many threads as sensors: one that hangs from the last tick delays none of this tick.
        self._pool = ThreadPoolExecutor(max_workers=6)

    def observe(self) -> Observation:
        """Everything `decide` wants to know, within a few seconds."""
        now_ms = self._clock()
        lease_seen = self._pool.submit(lease_fact, self._leases)
        database_seen = self._pool.submit(ledger_fact, self._database)
        api_seen = self._pool.submit(api_fact, self._api)
        readings: list[Future[Any]] = [lease_seen, database_seen, api_seen]
        wait(readings, timeout=self._deadline_s)
        lease = _known(lease_seen, otherwise=LeaseFact.UNKNOWN)
        database, fence = _known(database_seen, otherwise=(DatabaseFact.UNKNOWN, None))
        return Observation(
            region=self._region,
            now_ms=now_ms,
            lease=lease,
            database=DatabaseFact.FENCED if self._fenced_out(lease, fence) else database,
            api=_known(api_seen, otherwise=ApiFact.UNKNOWN),
            takeover=self._takeover(lease),
        )

    def _fenced_out(self, lease: Lease | LeaseFact, fence: int | None) -> bool:
        """Whether this region may acknowledge, but its own ledger takes another epoch only."""
        if not isinstance(lease, Lease) or fence is None:
            return False
        return lease.held_by(self._region) and lease.state is LeaseState.ACTIVE and fence != lease.epoch

    def _takeover(self, lease: Lease | LeaseFact) -> TakeoverFact:
        if isinstance(lease, Lease) and self._comes_here(lease):
            return self._takeovers.status(Takeover.of(lease))
        return TakeoverFact.UNKNOWN

    def _comes_here(self, lease: Lease) -> bool:
        """Whether an execution in this region is to make it serve under this lease."""
        takeover = Takeover.of(lease)
        return takeover.region == self._region and lease.state is not LeaseState.ACTIVE


def lease_fact(leases: LeaseTable) -> Lease | LeaseFact:
    """The lease as the table has it now."""
    try:
        return leases.read() or LeaseFact.ABSENT
    except LeaseUnknown:
        return LeaseFact.UNKNOWN


def database_fact(database: Database) -> DatabaseFact:
    """The role that the database of this region has now."""
    try:
        return DatabaseFact.WRITER if database.writable() else DatabaseFact.REPLICA
    except DatabaseUnavailable:
        return DatabaseFact.UNREACHABLE


def ledger_fact(database: Database) -> tuple[DatabaseFact, int | None]:
    """The role that the database has now, and which epoch a writer's ledger takes.

    A fence that cannot be read is no fence that moved: every payment asks it again.
    """
    role = database_fact(database)
    if role is not DatabaseFact.WRITER:
        return role, None
    try:
        with database.session() as connection:
            return role, Ledger(connection).fence_epoch()
    except DatabaseUnavailable:
        return role, None


def api_fact(api: RegionApi) -> ApiFact:
    """Whether this region's API is live now."""
    try:
        return ApiFact.LIVE if api.live() else ApiFact.DEAD
    except ApiUnavailable:
        return ApiFact.DEAD


def _known(reading: "Future[Fact]", *, otherwise: Fact) -> Fact:
    if not reading.done():
        reading.cancel()
        return otherwise
    if error := reading.exception():
        logger.error("a sensor failed", exc_info=error)
        return otherwise
    return reading.result()
