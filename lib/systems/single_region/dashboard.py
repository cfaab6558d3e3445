"""What the dashboard of the single-region system shows, as a value. Pure: no construct."""

from lib.observability.dashboard import DashboardSection, dashboard
from lib.observability.metrics import Metric
from lib.systems.single_region.metrics import SingleRegionMetrics


def body(metrics: SingleRegionMetrics) -> str:
    """The body of the dashboard, as CloudWatch reads it."""
    return dashboard([DashboardSection(metrics.site.region.name, _shown(metrics))])


def _shown(metrics: SingleRegionMetrics) -> dict[str, list[Metric]]:
    """In the order of a request: from the name to the database."""
    limits = metrics.site.settings.alarms
    return {
        f"Processors of the database (%, alarm at {limits.database_cpu_percent})": [
            metrics.of_cluster("CPUUtilization")
        ],
        f"Connections of the database (alarm at {limits.database_connections})": [
            metrics.of_cluster("DatabaseConnections")
        ],
        "Free memory of the database (bytes)": [metrics.of_cluster("FreeableMemory", "Minimum")],
        f"Time of a commit (ms, alarm at {limits.commit_latency_ms})": [metrics.of_cluster("CommitLatency")],
        f"Lag of the reader (ms, alarm at {limits.replica_lag_ms})": [
            metrics.of_cluster("AuroraReplicaLagMaximum")
        ],
    }
