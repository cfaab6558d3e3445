"""The recovery core of one region, wired to the simulated parts and to the system that is played."""

from typing import Any

from failover.approvals import Approvals
from failover.aurora import Aurora
from failover.decision import Policy
from failover.keeper import Keeper
from failover.keeper_sign import KeeperSign
from failover.lease import Lease
from failover.lease_table import LeaseTable, LeaseUnknown
from failover.loss import LossPolicy
from failover.observe import Observer
from failover.region_api import ApiUnavailable, RegionAnswer
from failover.sightings import Sightings
from failover.steps.context import StepContext
from failover.takeover import Takeovers
from runtime.clock import Clock
from runtime.database import DatabaseUnavailable
from tests.model import terms
from tests.model.aurora import ControlPlane
from tests.model.machine import LIMITS, StepFunctions
from tests.model.store import DynamoDB
from tests.model.subject import SYSTEM, System
from tests.model.surroundings import InOneThread, Parameters, Signs


class Site:
    """One region."""

    def __init__(self, world: Any, region: str, system: System) -> None:
        self.world, self.region = world, region
        self.dynamodb = DynamoDB(world, region)
        self.leases = LeaseTable(self.dynamodb, "lease", SYSTEM)
        self.sign = KeeperSign(
            Signs(world, region), "lease", system=SYSTEM, region=region, term_ms=world.ttl_ms
        )
        self.sign.leave(world.now_ms)
        self.takeovers = Takeovers(StepFunctions(world, region), Parameters(region))
        self.system = system(self)
        self.context = self._context()
        self._keepers: list[Keeper] = []
        self.watched: Lease | None = None
        """What the keepers of this region have seen for long when a run begins."""
        self.pages = 0
        """Ticks in a row that called a person."""

    def _context(self) -> StepContext:
        parameters = Parameters(self.region)
        return StepContext(
            region=self.region,
            leases=self.leases,
            keeper=self.sign,
            database=self.system.database,
            recovery=self.system.recovery(self.clock),
            writer=Aurora(
                parameters=parameters,
                rds=ControlPlane(self.world, self.region),
                rds_in=lambda other: ControlPlane(self.world, other, caller=self.region),
            ),
            policy=lambda: LossPolicy.parse(parameters.get("approvals/policy")),
            accepts_early=self.system.accepts_early,
            api=self,
            approvals=Approvals(self.dynamodb, lambda: "approvals"),
            bus=self.system.events,
            clock=self.clock,
            pause=self._pause,
            service=self,
        )

    def _pause(self, seconds: float) -> None:
        world = self.world
        world.scheduler.current.sleeps_until = world.now_ms + int(seconds * 1000)
        world.after(int(seconds * 1000), lambda: None)
        world.scheduler.point()

    def warm(self, *, calls: int, hold_ms: int) -> frozenset[str]:
        self.world.scheduler.point()
        return frozenset({self.region})

    @property
    def ttl_ms(self) -> int:
        return int(self.world.ttl_ms)

    def writer_in(self) -> str:
        """Where Aurora says that the writer is."""
        return str(self.world.aurora.writer)

    def clock(self) -> int:
        return self.clock_of("")()

    def clock_of(self, function: str) -> Clock:
        """The clock of the machines on which one of the region's functions runs."""
        world, region = self.world, self.region

        def clock() -> int:
            world.scheduler.point()
            shown = world.now_ms + world.offset_ms[region]
            if world.jumped_ms:
                shown += sum(world.jumped_ms[region, of] for of in {"", function})
            return int(shown)

        return clock

    def steady_s(self) -> float:
        """A clock that nobody sets."""
        return float(self.world.now_ms) / 1000

    def acknowledges(self, lease: Lease | None, now_ms: int) -> bool:
        """Whether the lease lets this region acknowledge at this moment."""
        limits = {"ttl_ms": self.ttl_ms, "skew_ms": terms.BELIEVED_SKEW_MS}
        return lease is not None and lease.acknowledges(self.region, now_ms=now_ms, **limits)

    def tick(self) -> None:
        """One turn of a keeper; several keepers of a region may be at work at once."""
        keeper = self._keepers.pop() if self._keepers else self._keeper()
        decision = keeper.turn()
        self._keepers.append(keeper)
        self.world.note(f"{self.region} {decision.rule}: {decision.action}")
        self.world.count[decision.rule] += 1
        self.pages = self.pages + 1 if decision.calls else 0

    def request(self, key: str) -> int:
        """Answer one request of a client; the HTTP status."""
        self.world.asked.add(key)
        return self.system.request(key)

    # the port Api
    def live(self) -> bool:
        self.world.scheduler.point()
        if self.world.fate():
            raise ApiUnavailable("no answer")
        return True

    def ready(self) -> bool:
        """As readiness is asked: the lease, and whether a request would be recorded."""
        self.live()
        try:
            lease = self.leases.read()
            return self.acknowledges(lease, self.clock()) and self.system.database.admits(lease.epoch)
        except (LeaseUnknown, DatabaseUnavailable):
            return False

    def prove(self, *, system: str, epoch: int) -> RegionAnswer:
        return RegionAnswer(self.system.prove(system=system, epoch=epoch), {"x-region": self.region})

    def restart(self) -> None:
        """The region's processes are gone, and with them what they remembered."""
        self._keepers.clear()
        self.system.restart()

    def _keeper(self) -> Keeper:
        world, clock, database = self.world, self.clock_of("keeper"), self.system.database
        sightings = Sightings(ttl_ms=world.ttl_ms, clock=clock, steady_s=self.steady_s)
        if self.watched:
            sightings._renewal = (self.watched.epoch, self.watched.expires_at_ms)
            sightings._since_s = (self.watched.expires_at_ms - world.ttl_ms) / 1000
            self.watched = None
        observer = Observer(
            self.region,
            leases=self.leases,
            sightings=sightings,
            database=database,
            recovery=self.system.recovery(clock),
            api=self,
            takeovers=self.takeovers,
            clock=clock,
            deadline_s=0,
        )
        observer._pool = InOneThread(world)
        limit_ms, skew_ms = LIMITS.transition_s * 1000, terms.BELIEVED_SKEW_MS
        return Keeper(
            observer=observer,
            sign=self.sign,
            leases=self.leases,
            takeovers=self.takeovers,
            policy=Policy(ttl_ms=world.ttl_ms, skew_ms=skew_ms, transition_limit_ms=limit_ms),
            beat=lambda epoch, at_ms: database.beat(epoch, now_ms=at_ms),
            steady_s=self.steady_s,
        )
