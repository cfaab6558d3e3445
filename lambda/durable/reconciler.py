"""The reconciler: what the holder's journal and ledger still owe, every minute, in both regions alike.

It settles the requests that were accepted but not settled, and publishes the events of those that were.
Only the holder acts; elsewhere a run reads the lease and ends. A run that dies or overlaps with another
one does no harm: every entry is settled under its own key, and every event has its own id.
"""

import time
from collections.abc import Callable

from durable.announcements import Announcements
from durable.backlog import Backlog, Report, Run
from durable.book import Book
from durable.engine import StatementRefused
from durable.errors import JournalUnavailable
from durable.event_bus import MOST_AT_ONCE, EventBus
from durable.lease_view import ServingStatus, serving_status
from durable.ledger import Ledger
from durable.outbox import Outbox
from failover.lease import Lease
from failover.lease_table import LeaseTable
from failover.ports import EventsUnavailable
from runtime.clock import Clock
from runtime.database import Database
from runtime.logs import logger

SEARCH_S = 25.0
"""How long a run looks for what is owed; the next one goes on from there."""
WORK_S = 45.0
"""When a run begins nothing new; the function is stopped at sixty seconds."""
STATEMENT_TIMEOUT_S = 5.0


class Reconciler:
    """The reconciler of one region."""

    def __init__(
        self,
        *,
        region: str,
        ttl_ms: int,
        skew_ms: int,
        leases: LeaseTable,
        backlog: Backlog,
        database: Database,
        book: Book,
        bus: EventBus,
        announcements: Announcements,
        clock: Clock,
        elapsed: Callable[[], float] = time.monotonic,
    ) -> None:
        self._region = region
        self._ttl_ms = ttl_ms
        self._skew_ms = skew_ms
        self._leases = leases
        self._backlog = backlog
        self._database = database
        self._book = book
        self._bus = bus
        self._announcements = announcements
        self._clock = clock
        self._elapsed = elapsed

    def run(self, *, try_parked: bool = False) -> Report:
        """One run.

        Args:
            try_parked: whether events that were refused for a day come again, because a person said so.

        Raises:
            LeaseUnknown, JournalUnavailable, DatabaseUnavailable, StaleEpoch: it ended early; what was
                done is done, and the next run goes on.
        """
        started = self._elapsed()
        report = Report(ServingStatus.NO_LEASE)
        lease = self._held(report)
        if lease is None:
            return report
        with self._database.session() as connection:
            ledger = Ledger(connection, self._book)
            ledger.migrate()
            outbox = Outbox(connection, self._book)
            if try_parked:
                outbox.try_parked()
            try:
                self._backlog.settle(self._begun(lease, ledger, report, until=started + SEARCH_S))
            except (JournalUnavailable, StatementRefused):
                # That needs no journal, and a connection that refused one statement takes others.
                self._tell(lease, ledger, outbox, report, until=started + WORK_S)
                raise
            self._tell(lease, ledger, outbox, report, until=started + WORK_S)
        return report

    def _begun(self, lease: Lease, ledger: Ledger, report: Report, *, until: float) -> Run:
        def held() -> bool:
            now = self._held(report)
            return now is not None and now.epoch == lease.epoch

        return Run(
            epoch=lease.epoch,
            proven_ms=lease.expires_at_ms - self._ttl_ms,
            ledger=ledger,
            report=report,
            held=held,
            in_time=lambda: self._elapsed() < until,
        )

    def _held(self, report: Report) -> Lease | None:
        """The lease if this region acknowledges under it, as read just now; the report is told."""
        lease = self._leases.read()
        report.serving_status = serving_status(
            lease, region=self._region, now_ms=self._clock(), ttl_ms=self._ttl_ms, skew_ms=self._skew_ms
        )
        return lease if report.serving_status is ServingStatus.READY else None

    def _tell(self, lease: Lease, ledger: Ledger, outbox: Outbox, report: Report, *, until: float) -> None:
        untold_ms = self._announcements.make(lease, ledger)
        self._publish(outbox, report, until=until)
        report.event_ms = max(report.event_ms, untold_ms)

    def _publish(self, outbox: Outbox, report: Report, *, until: float) -> None:
        try:
            while self._elapsed() < until and (events := outbox.pending(MOST_AT_ONCE)):
                taken = self._bus.publish(events)
                outbox.mark(taken)
                report.published += len(taken)
                self._put_off(
                    [each.event_id for each in events if each.event_id not in taken], outbox, report
                )
        except EventsUnavailable as error:
            logger.warning("events are kept", extra={"reason": str(error)})
        waiting = outbox.waiting()
        report.parked, report.event_ms = waiting.parked, waiting.oldest_ms

    def _put_off(self, refused: list[str], outbox: Outbox, report: Report) -> None:
        if not refused:
            return
        report.refused += len(refused)
        logger.warning("events are put off", extra={"event_ids": refused})
        for event_id in sorted(outbox.put_off(refused)):
            logger.error("an event is parked", extra={"event_id": event_id})
