"""When somebody is called, as values. Pure: no construct."""

from collections.abc import Iterator, Mapping

from lib.failover.alarms import (
    QUIET,
    function_alarms,
    keeper_alarms,
    replication_alarms,
    takeover_alarm,
)
from lib.failover.reconciler_alarms import reconciler_alarms
from lib.observability.alarm import Alarm, Side
from lib.systems.payments.metrics import RegionMetrics


def regional_alarms(metrics: RegionMetrics, timeouts: Mapping[str, int]) -> list[Alarm]:
    """All alarms of one region. *timeouts* are the functions', in seconds."""
    return [
        *replication_alarms(metrics),
        *function_alarms(metrics, timeouts),
        *_api(metrics),
        *_payments(metrics),
        *reconciler_alarms(metrics),
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
