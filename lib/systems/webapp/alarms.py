"""When somebody, or the remediation function, is called. Pure: no construct."""

from collections.abc import Iterator

from lib.compute.fleet import fleet_alarms, unhealthy_targets
from lib.data.copies import copy_alarms
from lib.observability.alarm import Alarm, Missing, Side
from lib.settings.data import REPLICA
from lib.systems.webapp.metrics import DATABASES, WebappMetrics

GIGABYTE = 1024**3
FREE_PART = 10
"""A tenth of its storage is left for a database to be mended in peace."""
NO_REQUESTS = "nobody asked for anything; site-away watches whether somebody could"


def webapp_alarms(metrics: WebappMetrics) -> Iterator[Alarm]:
    """Every alarm, in the order of docs/webapp.md. The first four are those that remediation knows."""
    yield from _mended(metrics)
    yield from _fleet(metrics)
    yield from _databases(metrics)
    yield from copy_alarms(
        metrics.copies, late_s=metrics.site.settings.alarms.copies_late_s, runbook="webapp-copies"
    )
    yield from _remediation(metrics)
    yield Alarm(
        id="site-away",
        metric=metrics.of_site(),
        side=Side.BELOW,
        threshold=1,
        minutes=1,
        bad_minutes=1,
        missing=Missing.BAD,
        why_missing="Route 53 always tells what it sees",
        says="No instance can read: Route 53 hands out the page of the second region",
        runbook="webapp-site",
        impairs=True,
    )


def _mended(metrics: WebappMetrics) -> Iterator[Alarm]:
    yield unhealthy_targets(metrics, "webapp-instances")
    yield Alarm(
        id="saturated",
        metric=metrics.of_instances("CPUUtilization"),
        side=Side.ABOVE,
        threshold=metrics.site.settings.alarms.cpu_percent,
        minutes=5,
        bad_minutes=3,
        why_missing="no instance runs; too-few-instances watches that",
        says="Processors are busier than scaling should let them be",
        runbook="webapp-instances",
    )
    for name in ("Writer", "Replica"):
        yield Alarm(
            id=f"{name.lower()}-unreachable",
            metric=metrics.own(f"{name}Reachable"),
            side=Side.BELOW,
            threshold=1,
            why_missing="no instance runs that could tell; too-few-instances watches that",
            says=f"No instance reaches the {name.lower()}",
            runbook="webapp-databases",
        )


def _fleet(metrics: WebappMetrics) -> Iterator[Alarm]:
    settings = metrics.site.settings
    yield from fleet_alarms(
        metrics,
        minimum=settings.instances.minimum,
        errors_a_minute=settings.alarms.errors_a_minute,
        runbook="webapp-instances",
        no_requests=NO_REQUESTS,
    )
    yield Alarm(
        id="slow",
        metric=metrics.of_targets("TargetResponseTime", "p99"),
        side=Side.ABOVE,
        threshold=settings.alarms.latency_ms / 1000,
        minutes=5,
        bad_minutes=3,
        why_missing=NO_REQUESTS,
        says="One request in a hundred takes longer than it should",
        runbook="webapp-instances",
    )


def _databases(metrics: WebappMetrics) -> Iterator[Alarm]:
    settings = metrics.site.settings
    yield Alarm(
        id="replica-lag",
        metric=metrics.of_database(REPLICA, "ReplicaLag"),
        side=Side.ABOVE,
        threshold=settings.alarms.replica_lag_s,
        why_missing="the replica was promoted or is away; replica-unreachable watches it",
        says="The replica is behind: readers see old entries, and a promotion would lose the newest",
        runbook="webapp-databases",
    )
    for number, database in enumerate(DATABASES):
        yield Alarm(
            id=f"storage-{number}",
            metric=metrics.of_database(database, "FreeStorageSpace", "Minimum"),
            side=Side.BELOW,
            threshold=settings.database.storage_gb * GIGABYTE // FREE_PART,
            why_missing="the database is away; the alarms of what is unreachable watch it",
            says="The storage of a database is nearly full: full, it stops",
            runbook="webapp-databases",
        )


def _remediation(metrics: WebappMetrics) -> Iterator[Alarm]:
    yield Alarm(
        id="remediation-failing",
        metric=metrics.of_function("remediation", "Errors"),
        side=Side.AT_LEAST,
        threshold=1,
        why_missing="it was not called; remediation-silent watches that",
        says="The function that mends the system fails",
        runbook="webapp-remediation",
    )
    yield Alarm(
        id="remediation-silent",
        metric=metrics.of_function("remediation", "Invocations"),
        side=Side.BELOW,
        threshold=1,
        minutes=5,
        bad_minutes=5,
        missing=Missing.BAD,
        why_missing="is what this alarm is for",
        says="The function that mends the system is not called, though a schedule does so every minute",
        runbook="webapp-remediation",
    )
