"""When somebody is called. Pure: no construct."""

from collections.abc import Iterator

from lib.observability.alarm import Alarm, Missing, Side
from lib.systems.single_region.metrics import SERVICES, SingleRegionMetrics

MEGABYTE = 1024**2
SERVICES_RUNBOOK = "single-region-services"
RELEASE = ("targets-failing", "unhealthy-targets")
"""Any of them takes a release back, and the version before serves again."""
NO_REQUESTS = "nobody asked for anything; site-unhealthy watches whether somebody could"
AWAY = "no instance of the database tells anything; who asks it for data rings"


def database_alarms(metrics: SingleRegionMetrics) -> Iterator[Alarm]:
    """What the database's own metrics tell."""
    limits = metrics.site.settings.alarms
    for id_, metric, side, threshold, says in (
        (
            "database-cpu",
            metrics.of_cluster("CPUUtilization"),
            Side.ABOVE,
            limits.database_cpu_percent,
            "A processor of the database is busier than it should be",
        ),
        (
            "database-connections",
            metrics.of_cluster("DatabaseConnections"),
            Side.ABOVE,
            limits.database_connections,
            "An instance of the database has nearly all the connections that it takes",
        ),
        (
            "database-memory",
            metrics.of_cluster("FreeableMemory", "Minimum"),
            Side.BELOW,
            limits.database_free_memory_mb * MEGABYTE,
            "An instance of the database has little memory left: without any it restarts",
        ),
        (
            "commit-latency",
            metrics.of_cluster("CommitLatency"),
            Side.ABOVE,
            limits.commit_latency_ms,
            "A commit takes longer than it should",
        ),
        (
            "replica-lag",
            metrics.of_cluster("AuroraReplicaLagMaximum"),
            Side.ABOVE,
            limits.replica_lag_ms,
            "The reader is behind: it shows old rows, and a failover waits for it",
        ),
    ):
        yield Alarm(
            id=id_,
            metric=metric,
            side=side,
            threshold=threshold,
            minutes=5,
            bad_minutes=3,
            why_missing=AWAY,
            says=says,
            runbook="single-region-database",
        )


def balancer_alarms(metrics: SingleRegionMetrics) -> Iterator[Alarm]:
    """What clients feel."""
    limits = metrics.site.settings.alarms
    yield Alarm(
        id="unhealthy-targets",
        metric=metrics.of_targets("UnHealthyHostCount", "Maximum"),
        side=Side.ABOVE,
        threshold=0,
        why_missing="there is no target; tasks-missing-web watches that",
        says="The load balancer calls tasks unhealthy",
        runbook=SERVICES_RUNBOOK,
    )
    for id_, metric, who in (
        ("targets-failing", metrics.of_targets("HTTPCode_Target_5XX_Count", "Sum"), "Tasks answer"),
        ("balancer-failing", metrics.of_balancer("HTTPCode_ELB_5XX_Count"), "The load balancer answers"),
    ):
        yield Alarm(
            id=id_,
            metric=metric,
            side=Side.AT_LEAST,
            threshold=limits.errors_a_minute,
            why_missing=NO_REQUESTS,
            says=f"{who} requests with errors",
            runbook=SERVICES_RUNBOOK,
        )
    yield Alarm(
        id="slow",
        metric=metrics.of_targets("TargetResponseTime", "p99"),
        side=Side.ABOVE,
        threshold=limits.latency_ms / 1000,
        minutes=5,
        bad_minutes=3,
        why_missing=NO_REQUESTS,
        says="One request in a hundred takes longer than it should",
        runbook=SERVICES_RUNBOOK,
    )
    yield Alarm(
        id="site-unhealthy",
        metric=metrics.of_site(),
        side=Side.BELOW,
        threshold=1,
        minutes=1,
        bad_minutes=1,
        missing=Missing.BAD,
        why_missing="Route 53 always tells what it sees",
        says="Route 53 gets no good answer from the application",
        runbook=SERVICES_RUNBOOK,
        impairs=True,
    )


def service_alarms(metrics: SingleRegionMetrics) -> Iterator[Alarm]:
    """What each service tells of its tasks."""
    settings = metrics.site.settings
    for service in SERVICES:
        yield Alarm(
            id=f"tasks-missing-{service}",
            metric=metrics.of_tasks(service, "RunningTaskCount"),
            side=Side.BELOW,
            threshold=getattr(settings.containers, service).minimum,
            minutes=5,
            bad_minutes=5,
            missing=Missing.BAD,
            why_missing="Container Insights always tells how many tasks run",
            says=f"Fewer tasks of {service} run than the minimum: launches fail or are refused",
            runbook=SERVICES_RUNBOOK,
        )
        for kind, metric in (("cpu", "CPUUtilization"), ("memory", "MemoryUtilization")):
            yield Alarm(
                id=f"{service}-{kind}",
                metric=metrics.of_service(service, metric),
                side=Side.ABOVE,
                threshold=settings.alarms.cpu_percent,
                minutes=5,
                bad_minutes=3,
                why_missing=f"no task runs; tasks-missing-{service} watches that",
                says=f"Tasks of {service} are busier than scaling should let them be",
                runbook=SERVICES_RUNBOOK,
            )
