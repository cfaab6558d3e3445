"""What the dashboard of the single-region system shows, as a value. Pure: no construct."""

from lib.observability.dashboard import DashboardSection, dashboard
from lib.observability.metrics import Metric
from lib.systems.single_region.metrics import SERVICES, SingleRegionMetrics


def body(metrics: SingleRegionMetrics) -> str:
    """The body of the dashboard, as CloudWatch reads it."""
    return dashboard([DashboardSection(metrics.site.region.name, _shown(metrics))])


def _shown(metrics: SingleRegionMetrics) -> dict[str, list[Metric]]:
    """In the order of a request: from the name to the database."""
    limits = metrics.site.settings.alarms
    return {
        "Route 53 gets a good answer (1) or none (0)": [metrics.of_site()],
        "Requests": [metrics.of_balancer("RequestCount")],
        "Errors": [
            metrics.of_targets("HTTPCode_Target_5XX_Count", "Sum"),
            metrics.of_balancer("HTTPCode_ELB_5XX_Count"),
        ],
        f"Time to answer (s, alarm at {limits.latency_ms} ms)": [
            metrics.of_targets("TargetResponseTime", statistic) for statistic in ("p50", "p99")
        ],
        "Targets": [metrics.of_targets(f"{state}HostCount", "Maximum") for state in ("Healthy", "UnHealthy")],
        "Tasks": [metrics.of_tasks(one, "RunningTaskCount") for one in SERVICES],
        f"Processors of the tasks (%, alarm at {limits.cpu_percent})": [
            metrics.of_service(one, "CPUUtilization") for one in SERVICES
        ],
        f"Memory of the tasks (%, alarm at {limits.cpu_percent})": [
            metrics.of_service(one, "MemoryUtilization") for one in SERVICES
        ],
        f"Processors of the database (%, alarm at {limits.database_cpu_percent})": [
            metrics.of_cluster("CPUUtilization")
        ],
        f"Connections of the database (alarm at {limits.database_connections})": [
            metrics.of_cluster("DatabaseConnections")
        ],
        "Free memory of the database (bytes)": [metrics.of_cluster("FreeableMemory", "Minimum")],
        f"Time of a commit (ms, alarm at {limits.commit_latency_ms})": [metrics.of_cluster("CommitLatency")],
        "Visits that succeed (%)": [metrics.of_canary("SuccessPercent")],
        "Time of a visit (ms)": [
            metrics.of_canary("Duration", statistic) for statistic in ("Average", "SampleCount")
        ],
        "Healing": [metrics.of_healing(f"Executions{what}") for what in ("Started", "Succeeded", "Failed")],
        "Events that could not be delivered": [metrics.of_queue("undelivered")],
        f"Lag of the reader (ms, alarm at {limits.replica_lag_ms})": [
            metrics.of_cluster("AuroraReplicaLagMaximum")
        ],
    }
