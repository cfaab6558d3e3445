"""When somebody is called, as values. Pure: no construct."""

from collections.abc import Iterator, Mapping

from lib.failover.alarms import QUIET, function_alarms, keeper_alarms, replication_alarms, takeover_alarm
from lib.observability.alarm import Alarm, Side
from lib.systems.payments.metrics import RegionMetrics

MARK_OLD_MIN = 15
"""The watermark is three to four minutes old while the reconciler keeps up (ADR 11)."""
EVENT_OLD_MIN = 10
"""Events are published every minute; a refused one comes again after one minute, two and four."""


def regional_alarms(metrics: RegionMetrics, timeouts: Mapping[str, int]) -> list[Alarm]:
    """All alarms of one region. *timeouts* are the functions', in seconds."""
    return [
        *replication_alarms(metrics),
        *function_alarms(metrics, timeouts),
        *_api(metrics),
        *_payments(metrics),
        takeover_alarm(metrics),
        *keeper_alarms(metrics),
    ]


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
