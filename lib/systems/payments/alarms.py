"""When somebody is called, as values. Pure: no construct."""

from collections.abc import Iterator

from lib.observability.alarm import Alarm, Missing, Side
from lib.observability.metrics import Metric
from lib.systems.payments.log_metrics import PAGES
from lib.systems.payments.metrics import FUNCTIONS, RegionMetrics

PART_OF_TIMEOUT = 0.95
"""A function that takes longer is about to be cut off."""
KEEPER_SILENT_MIN = 3
"""A keeper starts every minute and ticks every few seconds."""
MARK_OLD_MIN = 15
"""The watermark is three to four minutes old while the reconciler keeps up (ADR 11)."""
EVENT_OLD_MIN = 10
"""Events are published every minute; a refused one comes again after one minute, two and four."""
QUIET = "nothing happened"


def regional_alarms(metrics: RegionMetrics, timeouts: dict[str, int]) -> list[Alarm]:
    """All alarms of one region. *timeouts* are the functions', in seconds."""
    return [
        *_replication(metrics),
        *_functions(metrics, timeouts),
        *_api(metrics),
        *_payments(metrics),
        *_keeper(metrics),
    ]


def _replication(metrics: RegionMetrics) -> Iterator[Alarm]:
    limit_s = metrics.alarms.replication_lag_s
    for id_, name in (
        ("replication-lag", "AuroraGlobalDBReplicationLag"),
        ("rpo-lag", "AuroraGlobalDBRPOLag"),
    ):
        yield Alarm(
            id=id_,
            metric=metrics.database(name),
            side=Side.ABOVE,
            threshold=limit_s * 1000,  # these metrics are milliseconds
            why_missing="this region's cluster is the writer now; the metric exists where the replica is",
            says=f"{name} of this region's cluster is above {limit_s} s",
            runbook="replication-lag",
        )


def _functions(metrics: RegionMetrics, timeouts: dict[str, int]) -> Iterator[Alarm]:
    for what in FUNCTIONS:
        for name in ("Errors", "Throttles"):
            yield Alarm(
                id=f"{what}-{name.lower()}",
                metric=metrics.function(what, name),
                side=Side.AT_LEAST,
                threshold=1,
                why_missing="the function was not called",
                says=f"{name} of the function {what}",
                runbook="function-failing",
                impairs=(what, name) == ("service", "Errors"),
            )
        yield Alarm(
            id=f"{what}-duration",
            metric=metrics.function(what, "Duration", "Maximum"),
            side=Side.ABOVE,
            threshold=timeouts[what] * 1000 * PART_OF_TIMEOUT,
            why_missing="the function was not called",
            says=f"The function {what} nearly reaches its timeout of {timeouts[what]} s",
            runbook="function-failing",
        )


def _api(metrics: RegionMetrics) -> Iterator[Alarm]:
    settings = metrics.alarms
    yield Alarm(
        id="api-errors",
        metric=metrics.payments("5xx"),
        side=Side.AT_LEAST,
        threshold=settings.api_errors_a_minute,
        why_missing="nobody paid here, as in a region without the lease",
        says=f"{settings.api_errors_a_minute} or more payments a minute were answered with 5xx",
        runbook="api-failing",
        impairs=True,
    )
    yield Alarm(
        id="api-latency",
        metric=metrics.payments("Latency", "p99"),
        side=Side.ABOVE,
        threshold=settings.api_latency_ms,
        why_missing="nobody paid here, as in a region without the lease",
        says=f"One payment in a hundred takes longer than {settings.api_latency_ms} ms",
        runbook="api-failing",
    )


def _payments(metrics: RegionMetrics) -> Iterator[Alarm]:
    yield Alarm(
        id="ledger-writes",
        metric=metrics.own("LedgerWriteFailures"),
        side=Side.AT_LEAST,
        threshold=1,
        why_missing=QUIET,
        says="Payments were accepted into the journal but not settled in the ledger",
        runbook="ledger-writes",
        impairs=True,
    )
    yield Alarm(
        id="watermark-age",
        metric=metrics.metered("WatermarkAge", "Maximum"),
        side=Side.ABOVE,
        threshold=MARK_OLD_MIN * 60_000,
        why_missing="this region does not hold the lease, or its reconciler fails, which has its own alarm",
        says=f"The reconciler is {MARK_OLD_MIN} minutes behind: a takeover would have to read all since then",
        runbook="watermark-age",
    )
    yield Alarm(
        id="watermark-ahead",
        metric=metrics.metered("WatermarkAhead", "Sum"),
        side=Side.AT_LEAST,
        threshold=1,
        minutes=1,
        bad_minutes=1,
        why_missing="this region does not hold the lease, or its reconciler fails, which has its own alarm",
        says="The watermark is not believed: a fast clock set it, or arrivals were emptied or restored",
        runbook="watermark-ahead",
    )
    yield Alarm(
        id="events-age",
        metric=metrics.metered("OldestEventAge", "Maximum"),
        side=Side.ABOVE,
        threshold=EVENT_OLD_MIN * 60_000,
        why_missing="this region does not hold the lease, or its reconciler fails, which has its own alarm",
        says=f"An event of a settled payment waits for more than {EVENT_OLD_MIN} minutes to be published",
        runbook="events-age",
    )
    yield Alarm(
        id="events-parked",
        metric=metrics.metered("EventsParked", "Maximum"),
        side=Side.AT_LEAST,
        threshold=1,
        why_missing="this region does not hold the lease, or its reconciler fails, which has its own alarm",
        says="The event bus refused an event for a day: it is parked, and its consumers do not know of it",
        runbook="events-parked",
    )
    yield Alarm(
        id="set-aside",
        metric=metrics.metered("PaymentsSetAside", "Maximum"),
        side=Side.AT_LEAST,
        threshold=1,
        why_missing="this region does not hold the lease, or its reconciler fails, which has its own alarm",
        says="A payment in the journal cannot be recorded: it contradicts the ledger, or cannot be read",
        runbook="set-aside",
    )
    yield Alarm(
        id="takeover-held",
        metric=metrics.takeovers("ExecutionsFailed"),
        side=Side.AT_LEAST,
        threshold=1,
        minutes=1,
        bad_minutes=1,
        why_missing=QUIET,
        says="A takeover by this region ended in Held: nobody acknowledges payments under its lease",
        runbook="takeover-held",
        impairs=True,
    )


def _keeper(metrics: RegionMetrics) -> Iterator[Alarm]:
    for page in PAGES:
        yield Alarm(
            id=f"{page.function}-{page.code.lower()}",
            metric=metrics.own(page.metric),
            side=Side.AT_LEAST,
            threshold=1,
            minutes=1,
            bad_minutes=1,
            why_missing="nobody was called; keeper-silent watches whether the keeper lives",
            says=f"{page.rule}: {page.says}",
            runbook=page.rule.replace("_", "-"),
        )
    yield Alarm(
        id="keeper-silent",
        metric=metrics.own("KeeperTicks"),
        side=Side.BELOW,
        threshold=1,
        minutes=KEEPER_SILENT_MIN,
        bad_minutes=KEEPER_SILENT_MIN,
        missing=Missing.BAD,
        why_missing="is what this alarm is for",
        says="The keeper of this region does not tick: it renews no lease and would take over none",
        runbook="keeper-silent",
        impairs=True,
    )
    skew_s = metrics.site.settings.protocol.clock_skew_s
    yield Alarm(
        id="clock-difference",
        metric=metrics.own("ClockDifference", "Maximum"),
        side=Side.ABOVE,
        threshold=skew_s * 1000,
        minutes=1,
        bad_minutes=1,
        why_missing="there is no lease yet, or the keeper is silent, which has its own alarm",
        says=f"The clock here and the one that renewed the lease differ by more than {skew_s} s",
        runbook="clock-difference",
    )
    yield Alarm(
        id="lease-expired",
        metric=metrics.own("LeaseRemaining", "Maximum"),
        side=Side.BELOW,
        threshold=0,
        why_missing="there is no lease yet, or the keeper is silent, which has its own alarm",
        says="The lease has expired and nobody renews it: no region acknowledges payments",
        runbook="lease-expired",
    )


def replica_alarm(metrics: RegionMetrics, table: str, *, receiving: str) -> Alarm:
    """Changes of *table* made in this region arrive late in the region *receiving*.

    Only tables of eventual consistency have this metric: the strong ones wait for the other region.
    """
    limit_s = metrics.alarms.replication_lag_s
    return Alarm(
        id=f"{table}-latency",
        metric=metrics.table(table, "ReplicationLatency", "Average", ReceivingRegion=receiving),
        side=Side.ABOVE,
        threshold=limit_s * 1000,
        why_missing="nothing was written in this region",
        says=f"Changes of the table {table} take more than {limit_s} s to {receiving}",
        runbook="table-replication",
    )


def health_alarm(health_check_id: str, *, of: str, host: str) -> Alarm:
    """Route 53 sees the region *of* as unhealthy."""
    return Alarm(
        id=f"health-{of}",
        metric=Metric("AWS/Route53", "HealthCheckStatus", "Minimum", {"HealthCheckId": health_check_id}),
        side=Side.BELOW,
        threshold=1,
        missing=Missing.BAD,
        why_missing="the health check reports every minute; silence is no good sign",
        says=f"Route 53 finds {host} unhealthy and does not hand it out",
        runbook="health-check",
    )
