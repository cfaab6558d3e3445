"""The reconciler: what the holder's journal and ledger still owe, every minute, in both regions alike.

It settles the payments that were accepted but not settled, and publishes the events of those that were.
Only the holder acts; elsewhere a run reads the lease and ends. A run that dies or overlaps with another
one does no harm: every entry is settled under its own key, and every event has its own id.
"""

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from failover.lease import Lease
from failover.lease_table import LeaseTable
from failover.replay import replay
from payments.errors import EventsUnavailable
from payments.event_bus import MOST_AT_ONCE, EventBus
from payments.journal import Journal, JournalEntry
from payments.lease_view import Standing, standing
from payments.ledger import Ledger
from payments.outbox import Outbox
from runtime.clients import client
from runtime.clock import Clock, now_ms
from runtime.database import Database
from runtime.environment import Environment
from runtime.logs import logger
from runtime.metrics import COUNT, MILLISECONDS, Meter
from runtime.parameters import Parameters

if TYPE_CHECKING:
    from pg8000.native import Connection

GRACE_MS = 30_000
"""A request lives ten seconds: an intent that is older has nobody who still works on it."""
SEARCH_S = 25.0
"""How long a run looks for intents. A page takes some ten milliseconds and holds 1 MB of the journal."""
BATCH = 100
WORK_S = 45.0
"""When a run begins nothing new; the function is stopped at sixty seconds."""
STATEMENT_TIMEOUT_S = 5.0


@dataclass(slots=True)
class Report:
    """What one run did."""

    standing: Standing
    read: int = 0
    settled: int = 0
    replayed: int = 0
    """Those of the settled that the ledger did not have."""
    oldest_ms: int = 0
    """Age of the oldest intent that was found."""
    published: int = 0


class Reconciler:
    """The reconciler of one region."""

    def __init__(
        self,
        *,
        region: str,
        skew_ms: int,
        leases: LeaseTable,
        journal: Journal,
        database: Database,
        bus: EventBus,
        clock: Clock,
        elapsed: Callable[[], float] = time.monotonic,
    ) -> None:
        self._region = region
        self._skew_ms = skew_ms
        self._leases = leases
        self._journal = journal
        self._database = database
        self._bus = bus
        self._clock = clock
        self._elapsed = elapsed
        # The journal can be larger than what one run may read: the next one goes on here.
        self._after: str | None = None

    def run(self) -> Report:
        """One run.

        Raises:
            LeaseUnknown, JournalUnavailable, DatabaseUnavailable, StaleEpoch: it ended early; what was
                done is done, and the next run goes on.
        """
        started = self._elapsed()
        lease, report = self._held()
        if lease is None:
            return report
        with self._database.session() as connection:
            ledger = Ledger(connection)
            ledger.migrate()
            self._settle(lease.epoch, ledger, report, until=started + SEARCH_S)
            self._publish(connection, report, until=started + WORK_S)
        return report

    def _held(self) -> tuple[Lease | None, Report]:
        """The lease if this region acknowledges under it, as read just now."""
        lease = self._leases.read()
        found = standing(lease, region=self._region, now_ms=self._clock(), skew_ms=self._skew_ms)
        return (lease if found is Standing.READY else None), Report(found)

    def _settle(self, epoch: int, ledger: Ledger, report: Report, *, until: float) -> None:
        now_ms = self._clock()
        while self._elapsed() < until:
            page = self._journal.stale_intents(now_ms - GRACE_MS, self._after)
            report.read += page.read
            oldest = min((entry.accepted_at_ms for entry in page.entries), default=now_ms)
            report.oldest_ms = max(report.oldest_ms, now_ms - oldest)
            for first in range(0, len(page.entries), BATCH):
                batch = page.entries[first : first + BATCH]
                if self._elapsed() >= until or not self._settle_batch(batch, epoch, ledger, report):
                    return  # The next run reads this page again.
            self._after = page.last
            if page.last is None:
                return

    def _settle_batch(self, entries: list[JournalEntry], epoch: int, ledger: Ledger, report: Report) -> bool:
        # The lease is asked after the entries were read: if it is still held, every successor will find
        # them in the journal, so they may be called settled whatever becomes of this ledger.
        lease, now = self._held()
        if lease is None or lease.epoch != epoch:
            report.standing = now.standing
            return False
        report.replayed += replay(entries, ledger, epoch=epoch, region=self._region)
        for entry in entries:
            self._journal.settle(entry.idempotency_key)
        report.settled += len(entries)
        return True

    def _publish(self, connection: "Connection", report: Report, *, until: float) -> None:
        outbox = Outbox(connection)
        while self._elapsed() < until and (events := outbox.pending(MOST_AT_ONCE)):
            try:
                taken = self._bus.publish(events)
            except EventsUnavailable as error:
                logger.warning("events are kept", extra={"reason": str(error)})
                return
            outbox.mark(taken)
            report.published += len(taken)
            if len(taken) < len(events):
                logger.warning("events are kept", extra={"reason": "the bus refused some of them"})
                return


def handler(_event: dict[str, Any], _context: object) -> dict[str, Any]:
    """One run, started every minute."""
    reconciler, meter = _composed()
    report = reconciler.run()
    logger.info("reconciled", extra=(done := asdict(report)))
    if report.standing is Standing.READY:
        meter.record(
            {
                "IntentsSettled": (COUNT, report.settled),
                "PaymentsReplayed": (COUNT, report.replayed),
                "OldestIntentAge": (MILLISECONDS, report.oldest_ms),
                "EventsPublished": (COUNT, report.published),
            }
        )
    return done


@cache
def _composed() -> tuple[Reconciler, Meter]:
    environment = Environment.from_env()
    dynamodb = client("dynamodb")
    parameters = Parameters(client("ssm"), environment.parameter_prefix)
    reconciler = Reconciler(
        region=environment.region,
        skew_ms=environment.clock_skew_s * 1000,
        leases=LeaseTable(dynamodb, environment.lease_table, environment.system),
        journal=Journal(dynamodb, environment.journal_table),
        database=Database(parameters, client("secretsmanager"), STATEMENT_TIMEOUT_S),
        bus=EventBus(client("events"), parameters, environment.system),
        clock=now_ms,
    )
    return reconciler, Meter(environment)
