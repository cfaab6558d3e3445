"""Payments as they are played: the real request flow, journal, reconciler and ledger of one region."""

from typing import Any

from durable.announcements import Announcements
from durable.arrivals import Arrivals, minute_of
from durable.backlog import Backlog
from durable.errors import JournalUnavailable
from durable.event_bus import EventBus, own_bus
from durable.journal import Journal
from durable.lease_view import RecentLease
from durable.reconciler import Reconciler
from durable.recovery import FencedLedger, JournalRecovery
from failover.lease_table import LeaseUnknown
from failover.ports import StaleEpoch
from intake.problems import Refused
from intake.request_flow import RequestFlow
from payments.book import BOOK
from payments.own_api import synthetic
from payments.payment import PaymentRequest
from runtime.clock import Clock
from runtime.database import DatabaseUnavailable
from tests.model import terms
from tests.model.database import Database
from tests.model.subject import ACCEPTED, CREATED, SYSTEM, Subject
from tests.model.surroundings import Early, LedgerConnection, OneAfterTheOther, Parameters, SilentBus

PAYMENT = PaymentRequest(amount_minor=5, currency="EUR", debtor="a", creditor="b")


class Process:
    """One running payments function, with what it remembers between requests."""

    def __init__(self, site: Any, journal: Journal, database: Database) -> None:
        self.lease = RecentLease(site.leases, site.clock, site.steady_s)
        self.flow = RequestFlow(
            region=site.region,
            ttl_ms=site.ttl_ms,
            skew_ms=terms.BELIEVED_SKEW_MS,
            lease=self.lease,
            journal=journal,
            early=Early(site.world),
            ledger=LedgerConnection(database),
            clock=site.clock,
            new_id=site.world.new_id,
        )


class Payments(Subject):
    """One region of the payment system."""

    accepts_early = True

    def __init__(self, site: Any) -> None:
        self._site, self._world, self._region = site, site.world, site.region
        # One shard: more of them only make runs longer.
        arrivals = Arrivals(site.dynamodb, "arrivals", site.clock, BOOK, shards=1, readers=OneAfterTheOther)
        self._journal = Journal(site.dynamodb, "journal", arrivals, BOOK)
        self._database = Database(site.world, site.region)
        self.database = FencedLedger(self._database, BOOK)
        self.events = own_bus(site.region, SilentBus(), Parameters(site.region), SYSTEM)
        self._free: list[Process] = []
        self._reconcilers: list[Reconciler] = []

    def recovery(self, clock: Clock) -> JournalRecovery:
        return JournalRecovery(journal=self._journal, database=self.database, clock=clock)

    def request(self, key: str, request: PaymentRequest = PAYMENT) -> int:
        process = self._free.pop() if self._free else Process(self._site, self._journal, self._database)
        try:
            entry, settled = process.flow.take(key, request)
        except Refused as refused:
            self._free.append(process)
            self._world.note(f"{self._region} refuses {key}: {refused.detail}")
            return int(refused.problem.status)
        self._free.append(process)
        self._world.watch.acknowledged(
            self._region, process.lease.last_epoch, key, entry.entry_id, settled=settled
        )
        return CREATED if settled else ACCEPTED

    def prove(self, *, system: str, epoch: int) -> int:
        payment, key = synthetic(system, epoch)
        self._world.asked.add(key)
        return self.request(key, PaymentRequest(**payment))

    def reconcile(self) -> None:
        """Several reconcilers of a region may be at work at once."""
        reconciler = self._reconcilers.pop() if self._reconcilers else self._reconciler()
        try:
            report = reconciler.run()
        except (LeaseUnknown, JournalUnavailable, DatabaseUnavailable, StaleEpoch) as error:
            self._world.note(f"the reconciler of {self._region} ends: {error}")
        else:
            self._world.count["reconciled"] += 1
            self._world.count["replayed by the reconciler"] += report.replayed
        self._reconcilers.append(reconciler)

    def has_served(self, until_ms: int) -> None:
        """With a watermark; without one it is a system from before they were invented."""
        self._world.aurora.clusters[self._region].write("watermark", minute_of(until_ms - terms.SKEW_MS))

    def restart(self) -> None:
        self._free.clear()
        self._reconcilers.clear()

    def _reconciler(self) -> Reconciler:
        site, clock = self._site, self._site.clock_of("reconciler")
        return Reconciler(
            region=self._region,
            ttl_ms=site.ttl_ms,
            skew_ms=terms.BELIEVED_SKEW_MS,
            leases=site.leases,
            backlog=Backlog(region=self._region, journal=self._journal, clock=clock, grace_ms=terms.GRACE_MS),
            database=self._database,
            book=BOOK,
            bus=EventBus(self._region, SilentBus(), Parameters(self._region), SYSTEM),
            announcements=Announcements(self.events, clock),
            clock=clock,
            elapsed=site.steady_s,
        )
