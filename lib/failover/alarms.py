"""When somebody is called about the recovery of a system in two regions, as values. Pure: no construct."""

from collections.abc import Iterator, Mapping

from lib.failover.log_metrics import PAGES, said
from lib.failover.metrics import RecoveryMetrics
from lib.observability.alarm import Alarm, Missing, Side
from lib.observability.metrics import Metric

PART_OF_TIMEOUT = 0.95
"""A function that takes longer is about to be cut off."""
KEEPER_SILENT_MIN = 3
"""A keeper starts every minute and ticks every few seconds."""
QUIET = "nothing happened"


def replication_alarms(metrics: RecoveryMetrics) -> Iterator[Alarm]:
    """How far this region's copy of the database is behind."""
    limit_s = metrics.site.settings.alarms.replication_lag_s
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


def function_alarms(metrics: RecoveryMetrics, timeouts: Mapping[str, int]) -> Iterator[Alarm]:
    """Errors, throttles and duration of every function. *timeouts* are theirs, in seconds."""
    for what in timeouts:
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


def takeover_alarm(metrics: RecoveryMetrics) -> Alarm:
    """A takeover that needs a person."""
    requests = metrics.site.settings.REQUESTS
    return Alarm(
        id="takeover-held",
        metric=metrics.takeovers("ExecutionsFailed"),
        side=Side.AT_LEAST,
        threshold=1,
        minutes=1,
        bad_minutes=1,
        why_missing=QUIET,
        says=f"A takeover by this region ended in Held: nobody acknowledges {requests} under its lease",
        runbook="takeover-held",
        impairs=True,
    )


def keeper_alarms(metrics: RecoveryMetrics) -> Iterator[Alarm]:
    """The keeper's pages, its silence, and what it sees of clocks and lease."""
    for page in PAGES:
        yield Alarm(
            id=f"{page.function}-{page.code.lower()}",
            metric=metrics.own(page.metric),
            side=Side.AT_LEAST,
            threshold=1,
            minutes=1,
            bad_minutes=1,
            why_missing="nobody was called; keeper-silent watches whether the keeper lives",
            says=f"{page.rule}: {said(page, metrics.site.settings)}",
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
    skew_s, requests = metrics.site.settings.protocol.clock_skew_s, metrics.site.settings.REQUESTS
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
        says=f"The lease has expired and nobody renews it: no region acknowledges {requests}",
        runbook="lease-expired",
    )


def replica_alarm(metrics: RecoveryMetrics, table: str, *, receiving: str) -> Alarm:
    """Changes of *table* made in this region arrive late in the region *receiving*.

    Only tables of eventual consistency have this metric: the strong ones wait for the other region.
    """
    limit_s = metrics.site.settings.alarms.replication_lag_s
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
