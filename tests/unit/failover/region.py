"""A region as its keeper sees it."""

from failover.keeper import Keeper
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
from failover.takeover import Takeover, TakeoverNotStarted

from .scene import EAST, POLICY, TTL


class Region:
    """One region's observer and state machine, with the lease read from the real table."""

    def __init__(self, region: str, leases, clock) -> None:
        self.region, self.leases, self.clock = region, leases, clock
        self.database = DatabaseFact.WRITER if region == EAST else DatabaseFact.REPLICA
        self.api = ApiFact.LIVE
        self.takeover = TakeoverFact.UNKNOWN
        self.unchanged_ms, self.clock_off_ms = TTL, 0
        self.fence: int | FenceFact = FenceFact.UNKNOWN
        self.journal, self.ready = JournalFact.ANSWERS, ReadyFact.READY
        self.passed_s = 0.0
        self.started: list[Takeover] = []
        self.refuses = False
        self.beats: list[tuple[int, int]] = []
        self.signs: list[int] = []
        self.unwritten: Exception | None = None
        self.still: Exception | None = None
        self.meanwhile = lambda: None
        self.keeper = Keeper(
            observer=self,
            leases=leases,
            takeovers=self,
            policy=POLICY,
            beat=self.beat,
            sign=self,
            steady_s=lambda: self.passed_s,
        )

    def observe(self) -> Observation:
        seen = Observation(
            region=self.region,
            now_ms=self.clock(),
            lease=self.leases.read() or LeaseFact.ABSENT,
            seen_at_ms=self.clock(),
            unchanged_ms=self.unchanged_ms,
            clock_off_ms=self.clock_off_ms,
            database=self.database,
            fence=self.fence,
            journal=self.journal,
            api=self.api,
            ready=self.ready,
            takeover=self.takeover,
        )
        self.meanwhile()
        return seen

    def leave(self, now_ms: int) -> None:
        if self.unwritten:
            raise self.unwritten
        self.signs.append(now_ms)

    def beat(self, epoch: int, at_ms: int) -> None:
        if self.still:
            raise self.still
        self.beats.append((epoch, at_ms))

    def start(self, takeover: Takeover) -> None:
        self.started.append(takeover)
        if self.refuses:
            raise TakeoverNotStarted("throttled")
