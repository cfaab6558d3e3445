"""The real code of one region, wired to the simulated parts."""

from typing import Any

from durable.announcements import Announcements
from durable.arrivals import Arrivals
from durable.backlog import Backlog
from durable.errors import JournalUnavailable
from durable.event_bus import EventBus, own_bus
from durable.journal import Journal
from durable.lease_view import RecentLease, ServingStatus, serving_status
from durable.ledger import Ledger
from durable.reconciler import Reconciler
from durable.recovery import FencedLedger, JournalRecovery
from failover.approvals import Approvals
from failover.aurora import Aurora
from failover.decision import Policy
from failover.keeper import Keeper
from failover.keeper_sign import KeeperSign
from failover.lease import Lease
from failover.lease_table import LeaseTable, LeaseUnknown
from failover.loss import LossPolicy
from failover.observe import Observer
from failover.ports import StaleEpoch
from failover.region_api import ApiUnavailable, RegionAnswer
from failover.sightings import Sightings
from failover.steps.context import StepContext
from failover.takeover import Takeovers
from intake.problems import Refused
from intake.request_flow import RequestFlow
from payments.book import BOOK
from payments.own_api import synthetic
from payments.payment import PaymentRequest
from runtime.clock import Clock
from runtime.database import DatabaseUnavailable
from tests.model.aurora import ControlPlane
from tests.model.database import Database
from tests.model.machine import LIMITS, StepFunctions
from tests.model.store import DynamoDB
from tests.model.surroundings import (
    InOneThread,
    LedgerConnection,
    OneAfterTheOther,
    Parameters,
    Signs,
    SilentBus,
)

SKEW_MS, TICK_MS = 2_000, 10_000
BELIEVED_SKEW_MS = SKEW_MS
"""What the code is told; clocks are really wrong by up to SKEW_MS."""
GRACE_MS = 10_000
"""Short, so that watermarks move; still over a request's patience and twice what clocks differ by."""
RECONCILE_MS = 20_000


class Process:
    """One running payments function, with what it remembers between requests."""

    def __init__(self, world: Any, site: "Site") -> None:
        self.lease = RecentLease(site.leases, site.clock, lambda: world.now_ms / 1000)
        self.flow = RequestFlow(
            region=site.region,
            ttl_ms=world.ttl_ms,
            skew_ms=BELIEVED_SKEW_MS,
            lease=self.lease,
            journal=site.journal,
            ledger=LedgerConnection(site.database),
            clock=site.clock,
            new_id=world.new_id,
        )


class Site:
    """One region."""

    def __init__(self, world: Any, region: str) -> None:
        self._world, self.region = world, region
        dynamodb = DynamoDB(world, region)
        parameters = Parameters(region)
        self.leases = LeaseTable(dynamodb, "lease", "payments")
        # One shard: more of them only make runs longer.
        arrivals = Arrivals(dynamodb, "arrivals", self.clock, BOOK, shards=1, readers=OneAfterTheOther)
        self.journal = Journal(dynamodb, "journal", arrivals, BOOK)
        self.database = Database(world, region)
        self.fenced = FencedLedger(self.database, BOOK)
        self.sign = KeeperSign(
            Signs(world, region), "lease", system="payments", region=region, term_ms=world.ttl_ms
        )
        self.sign.leave(world.now_ms)
        self.machine = StepFunctions(world, region)
        self.takeovers = Takeovers(self.machine, parameters)
        self.context = StepContext(
            region=region,
            leases=self.leases,
            keeper=self.sign,
            database=self.fenced,
            recovery=JournalRecovery(journal=self.journal, database=self.fenced, clock=self.clock),
            writer=Aurora(
                parameters=parameters,
                rds=ControlPlane(world, region),
                rds_in=lambda other: ControlPlane(world, other, caller=region),
            ),
            policy=lambda: LossPolicy.parse(parameters.get("approvals/policy")),
            api=self,
            approvals=Approvals(dynamodb, lambda: "approvals"),
            bus=own_bus(self.region, SilentBus(), parameters, "payments"),
            clock=self.clock,
            pause=self._pause,
            service=self,
        )
        self._free: list[Process] = []
        self._keepers: list[Keeper] = []
        self._reconcilers: list[Reconciler] = []
        self.watched: Lease | None = None
        """What the keepers of this region have seen for long when a run begins."""
        self.pages = 0
        """Ticks in a row that called a person."""

    def _pause(self, seconds: float) -> None:
        world = self._world
        world.scheduler.current.sleeps_until = world.now_ms + int(seconds * 1000)
        world.after(int(seconds * 1000), lambda: None)
        world.scheduler.point()

    def warm(self, *, calls: int, hold_ms: int) -> frozenset[str]:
        self._world.scheduler.point()
        return frozenset({self.region})

    @property
    def ttl_ms(self) -> int:
        return int(self._world.ttl_ms)

    def writer_in(self) -> str:
        """Where Aurora says that the writer is."""
        return str(self._world.aurora.writer)

    def clock(self) -> int:
        return self.clock_of("")()

    def clock_of(self, function: str) -> Clock:
        """The clock of the machines on which one of the region's functions runs."""
        world, region = self._world, self.region

        def clock() -> int:
            world.scheduler.point()
            shown = world.now_ms + world.offset_ms[region]
            if world.jumped_ms:
                shown += sum(world.jumped_ms[region, of] for of in {"", function})
            return int(shown)

        return clock

    def _steady_s(self) -> float:
        return float(self._world.now_ms) / 1000

    def tick(self) -> None:
        """One turn of a keeper; several keepers of a region may be at work at once."""
        keeper = self._keepers.pop() if self._keepers else self._keeper()
        decision = keeper.turn()
        self._keepers.append(keeper)
        self._world.note(f"{self.region} {decision.rule}: {decision.action}")
        self._world.count[decision.rule] += 1
        self.pages = self.pages + 1 if decision.calls else 0

    def reconcile(self) -> None:
        """One run of the reconciler; several of a region may be at work at once."""
        reconciler = self._reconcilers.pop() if self._reconcilers else self._reconciler()
        try:
            report = reconciler.run()
        except (LeaseUnknown, JournalUnavailable, DatabaseUnavailable, StaleEpoch) as error:
            self._world.note(f"the reconciler of {self.region} ends: {error}")
        else:
            self._world.count["reconciled"] += 1
            self._world.count["replayed by the reconciler"] += report.replayed
        self._reconcilers.append(reconciler)

    def request(self, key: str, request: PaymentRequest) -> int:
        """Answer one payment request; the HTTP status."""
        process = self._free.pop() if self._free else Process(self._world, self)
        self._world.asked.add(key)
        try:
            entry, settled = process.flow.take(key, request)
        except Refused as refused:
            self._free.append(process)
            self._world.note(f"{self.region} refuses {key}: {refused.detail}")
            return int(refused.problem.status)
        self._free.append(process)
        self._world.watch.acknowledged(
            self.region, process.lease.last_epoch, key, entry.entry_id, settled=settled
        )
        return 201 if settled else 202

    # RegionApi
    def live(self) -> bool:
        self._world.scheduler.point()
        if self._world.fate():
            raise ApiUnavailable("no answer")
        return True

    def ready(self) -> bool:
        """As `Readiness` asks: the lease, and whether a payment would be recorded."""
        self._world.scheduler.point()
        if self._world.fate():
            raise ApiUnavailable("no answer")
        try:
            lease = self.leases.read()
            terms = {"now_ms": self.clock(), "ttl_ms": self._world.ttl_ms, "skew_ms": BELIEVED_SKEW_MS}
            if lease is None or serving_status(lease, region=self.region, **terms) is not ServingStatus.READY:
                return False
            with self.database.session() as connection:
                return Ledger(connection, BOOK).admits(lease.epoch)
        except (LeaseUnknown, DatabaseUnavailable):
            return False

    def prove(self, *, system: str, epoch: int) -> RegionAnswer:
        payment, key = synthetic(system, epoch)
        return self.pay(payment, idempotency_key=key)

    def pay(self, payment: dict[str, Any], *, idempotency_key: str) -> RegionAnswer:
        return RegionAnswer(
            self.request(idempotency_key, PaymentRequest(**payment)), {"x-region": self.region}
        )

    def restart(self) -> None:
        """The region's processes are gone, and with them what they remembered."""
        self._free.clear()
        self._keepers.clear()
        self._reconcilers.clear()

    def _keeper(self) -> Keeper:
        world, clock = self._world, self.clock_of("keeper")
        sightings = Sightings(ttl_ms=world.ttl_ms, clock=clock, steady_s=self._steady_s)
        if self.watched:
            sightings._renewal = (self.watched.epoch, self.watched.expires_at_ms)
            sightings._since_s = (self.watched.expires_at_ms - world.ttl_ms) / 1000
            self.watched = None
        observer = Observer(
            self.region,
            leases=self.leases,
            sightings=sightings,
            database=self.fenced,
            recovery=JournalRecovery(journal=self.journal, database=self.fenced, clock=clock),
            api=self,
            takeovers=self.takeovers,
            clock=clock,
            deadline_s=0,
        )
        observer._pool = InOneThread(world)
        limit_ms = LIMITS.transition_s * 1000
        policy = Policy(ttl_ms=world.ttl_ms, skew_ms=BELIEVED_SKEW_MS, transition_limit_ms=limit_ms)
        return Keeper(
            observer=observer,
            sign=self.sign,
            leases=self.leases,
            takeovers=self.takeovers,
            policy=policy,
            beat=lambda epoch, at_ms: self.fenced.beat(epoch, now_ms=at_ms),
            steady_s=self._steady_s,
        )

    def _reconciler(self) -> Reconciler:
        world, clock = self._world, self.clock_of("reconciler")
        return Reconciler(
            region=self.region,
            ttl_ms=world.ttl_ms,
            skew_ms=BELIEVED_SKEW_MS,
            leases=self.leases,
            backlog=Backlog(region=self.region, journal=self.journal, clock=clock, grace_ms=GRACE_MS),
            database=self.database,
            book=BOOK,
            bus=EventBus(self.region, SilentBus(), Parameters(self.region), "payments"),
            announcements=Announcements(
                own_bus(self.region, SilentBus(), Parameters(self.region), "payments"), clock
            ),
            clock=clock,
            elapsed=self._steady_s,
        )
