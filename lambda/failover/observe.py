"""The facts of one tick, gathered side by side. A sensor that fails is an unknown fact, not an error."""

from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import Any, TypeVar

from failover.lease import Lease, LeaseState
from failover.lease_table import LeaseTable, LeaseUnknown
from failover.observation import (
    ApiFact,
    DatabaseFact,
    FenceFact,
    JournalFact,
    LeaseFact,
    Observation,
    ReadyFact,
    TakeoverFact,
)
from failover.ports import Api, FencedDatabase, Recovery, RecoveryUnavailable
from failover.region_api import ApiUnavailable
from failover.sightings import Sighting, Sightings
from failover.takeover import Takeover, Takeovers
from runtime.clock import Clock
from runtime.database import DatabaseUnavailable
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
        sightings: Sightings,
        database: FencedDatabase,
        recovery: Recovery,
        api: Api,
        takeovers: Takeovers,
        clock: Clock,
        deadline_s: float = DEADLINE_S,
    ) -> None:
        self._region = region
        self._leases = leases
        self._sightings = sightings
        self._database = database
        self._recovery = recovery
        self._api = api
        self._takeovers = takeovers
        self._clock = clock
        self._deadline_s = deadline_s
        # Twice as many threads as sensors: one that hangs from the last tick delays none of this tick.
        self._pool = ThreadPoolExecutor(max_workers=10)

    def observe(self) -> Observation:
        """Everything `decide` wants to know, within a few seconds."""
        now_ms = self._clock()
        lease_seen = self._pool.submit(self._sight)
        database_seen = self._pool.submit(ledger_fact, self._database)
        journal_seen = self._pool.submit(journal_fact, self._recovery, now_ms)
        api_seen = self._pool.submit(api_fact, self._api)
        ready_seen = self._pool.submit(ready_fact, self._api)
        readings: list[Future[Any]] = [lease_seen, database_seen, journal_seen, api_seen, ready_seen]
        wait(readings, timeout=self._deadline_s)
        found: Sighting | LeaseFact = _known(lease_seen, otherwise=LeaseFact.UNKNOWN)
        seen = found if isinstance(found, Sighting) else None
        lease = found.lease if isinstance(found, Sighting) else found
        database, fence = _known(database_seen, otherwise=(DatabaseFact.UNKNOWN, FenceFact.UNKNOWN))
        return Observation(
            region=self._region,
            now_ms=now_ms,
            lease=lease,
            seen_at_ms=seen.at_ms if seen else now_ms,
            unchanged_ms=seen.unchanged_ms if seen else 0,
            clock_off_ms=seen.clock_off_ms if seen else 0,
            database=DatabaseFact.FENCED if self._fenced_out(lease, fence) else database,
            fence=fence,
            journal=_known(journal_seen, otherwise=JournalFact.UNKNOWN),
            api=_known(api_seen, otherwise=ApiFact.UNKNOWN),
            ready=_known(ready_seen, otherwise=ReadyFact.UNKNOWN),
            takeover=self._takeover(lease),
        )

    def _sight(self) -> Sighting | LeaseFact:
        lease = lease_fact(self._leases)
        return self._sightings.of(lease) if isinstance(lease, Lease) else lease

    def _fenced_out(self, lease: Lease | LeaseFact, fence: int | FenceFact) -> bool:
        """Whether this region may acknowledge, but its own ledger does not take the epoch."""
        if not isinstance(lease, Lease) or fence is FenceFact.UNKNOWN:
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
    except LeaseUnknown as error:
        return _unanswered("lease", error, LeaseFact.UNKNOWN)


def database_fact(database: FencedDatabase) -> DatabaseFact:
    """The role that the database of this region has now."""
    try:
        return DatabaseFact.WRITER if database.writable() else DatabaseFact.REPLICA
    except DatabaseUnavailable as error:
        return _unanswered("database", error, DatabaseFact.UNREACHABLE)


def ledger_fact(database: FencedDatabase) -> tuple[DatabaseFact, int | FenceFact]:
    """The role that the database has now, and which epoch a writer's ledger takes.

    A fence that cannot be read is no fence that moved: every request asks it again. One that is not there
    is another matter: nobody can settle a request until it is.
    """
    role = database_fact(database)
    if role is not DatabaseFact.WRITER:
        return role, FenceFact.UNKNOWN
    try:
        epoch = database.fence_epoch()
    except DatabaseUnavailable as error:
        return role, _unanswered("fence", error, FenceFact.UNKNOWN)
    return role, FenceFact.ABSENT if epoch is None else epoch


def journal_fact(recovery: Recovery, now_ms: int) -> JournalFact:
    """Whether a request could be accepted here now."""
    try:
        recovery.ready_for_requests(now_ms)
    except RecoveryUnavailable as error:
        return _unanswered("journal", error, JournalFact.SILENT)
    return JournalFact.ANSWERS


def api_fact(api: Api) -> ApiFact:
    """Whether this region's API is live now."""
    try:
        return ApiFact.LIVE if api.live() else ApiFact.DEAD
    except ApiUnavailable as error:
        return _unanswered("api", error, ApiFact.DEAD)


def ready_fact(api: Api) -> ReadyFact:
    """Whether this region's API takes requests now, as its own readiness says."""
    try:
        return ReadyFact.READY if api.ready() else ReadyFact.REFUSING
    except ApiUnavailable as error:
        return _unanswered("ready", error, ReadyFact.REFUSING)


def _unanswered(of: str, error: Exception, fact: Fact) -> Fact:
    """The fact that there is no answer; its reason is only in the log, because nothing is decided by it."""
    logger.warning("no answer", extra={"of": of, "reason": str(error)})
    return fact


def _known(reading: "Future[Fact]", *, otherwise: Fact) -> Fact:
    if not reading.done():
        reading.cancel()
        return otherwise
    if error := reading.exception():
        logger.error("a sensor failed", exc_info=error)
        return otherwise
    return reading.result()
