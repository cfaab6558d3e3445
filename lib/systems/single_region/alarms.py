"""When somebody is called. Pure: no construct."""

from collections.abc import Iterator

from lib.observability.alarm import Alarm, Side
from lib.systems.single_region.metrics import SingleRegionMetrics

MEGABYTE = 1024**2
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
