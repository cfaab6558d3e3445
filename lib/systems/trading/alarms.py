"""When somebody is called, as values. Pure: no construct."""

from collections.abc import Iterator, Mapping

from lib.compute.fleet import fleet_alarms, unhealthy_targets
from lib.data.copies import copy_alarms
from lib.failover.alarms import (
    function_alarms,
    keeper_alarms,
    replication_alarms,
    takeover_alarm,
)
from lib.failover.reconciler_alarms import reconciler_alarms
from lib.observability.alarm import Alarm, Side
from lib.systems.trading.metrics import TradingMetrics
from lib.systems.trading.settings import TradingSettings


def regional_alarms(
    settings: TradingSettings, metrics: TradingMetrics, timeouts: Mapping[str, int]
) -> list[Alarm]:
    """All alarms of one region. *timeouts* are the functions', in seconds.

    A keeper and a step are called a few times a minute: one error is more than one in a hundred (T08).
    """
    return [
        *replication_alarms(metrics),
        *function_alarms(metrics, timeouts),
        unhealthy_targets(metrics.fleet, "trading-instances"),
        *fleet_alarms(
            metrics.fleet,
            minimum=settings.instances.minimum,
            errors_a_minute=settings.alarms.errors_a_minute,
            runbook="trading-instances",
        ),
        _connections(settings, metrics),
        *_copies(settings, metrics),
        *reconciler_alarms(metrics),
        takeover_alarm(metrics),
        *keeper_alarms(metrics),
    ]


def _connections(settings: TradingSettings, metrics: TradingMetrics) -> Alarm:
    return Alarm(
        id="connections",
        metric=metrics.database("DatabaseConnections"),
        side=Side.ABOVE,
        threshold=settings.alarms.connections,
        why_missing="the database of this region is away; the keeper watches whether it can be written",
        says=f"An instance of the database has more than {settings.alarms.connections} connections",
        runbook="trading-connections",
        impairs=True,
    )


def _copies(settings: TradingSettings, metrics: TradingMetrics) -> Iterator[Alarm]:
    for what, copies in metrics.copies.items():
        yield from copy_alarms(
            copies, late_s=settings.alarms.copies_late_s, runbook="trading-copies", what=f"{what}-"
        )
