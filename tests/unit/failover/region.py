"""A region as its keeper sees it."""

from failover.keeper import Keeper
from failover.observation import ApiFact, DatabaseFact, LeaseFact, Observation, TakeoverFact
from failover.takeover import Takeover, TakeoverNotStarted

from .scene import EAST, POLICY


class Region:
    """One region's observer and state machine, with the lease read from the real table."""

    def __init__(self, region: str, leases, clock) -> None:
        self.region, self.leases, self.clock = region, leases, clock
        self.database = DatabaseFact.WRITER if region == EAST else DatabaseFact.REPLICA
        self.api = ApiFact.LIVE
        self.takeover = TakeoverFact.UNKNOWN
        self.started: list[Takeover] = []
        self.refuses = False
        self.beats: list[tuple[int, int]] = []
        self.still: Exception | None = None
        self.meanwhile = lambda: None
        self.keeper = Keeper(observer=self, leases=leases, takeovers=self, policy=POLICY, beat=self.beat)

    def observe(self) -> Observation:
        seen = Observation(
            region=self.region,
            now_ms=self.clock(),
            lease=self.leases.read() or LeaseFact.ABSENT,
            database=self.database,
            api=self.api,
            takeover=self.takeover,
        )
        self.meanwhile()
        return seen

    def beat(self, epoch: int, at_ms: int) -> None:
        if self.still:
            raise self.still
        self.beats.append((epoch, at_ms))

    def start(self, takeover: Takeover) -> None:
        self.started.append(takeover)
        if self.refuses:
            raise TakeoverNotStarted("throttled")
