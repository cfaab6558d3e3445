"""What the dashboard of the web application shows, as a value. Pure: no construct."""

from lib.observability.dashboard import DashboardSection, dashboard
from lib.observability.metrics import Metric
from lib.settings.data import REPLICA
from lib.systems.webapp.metrics import DATABASES, WebappMetrics


def body(metrics: WebappMetrics) -> str:
    """The body of the dashboard, as CloudWatch reads it."""
    return dashboard([DashboardSection(metrics.site.region.name, _shown(metrics))])


def _shown(metrics: WebappMetrics) -> dict[str, list[Metric]]:
    """In the order of a request: from the name to the databases, then what mends and what copies."""
    alarms = metrics.site.settings.alarms
    return {
        "DNS names the load balancer (1) or the page (0)": [metrics.of_site()],
        "Requests": [metrics.of_balancer("RequestCount")],
        "Errors": [
            metrics.of_targets("HTTPCode_Target_5XX_Count", "Sum"),
            metrics.of_balancer("HTTPCode_ELB_5XX_Count"),
        ],
        f"Time to answer (s, alarm at {alarms.latency_ms} ms)": [
            metrics.of_targets("TargetResponseTime", statistic) for statistic in ("p50", "p99")
        ],
        "Targets": [metrics.of_targets(f"{state}HostCount", "Maximum") for state in ("Healthy", "UnHealthy")],
        "Instances": [
            metrics.of_group(f"Group{what}", "Maximum")
            for what in ("DesiredCapacity", "InServiceInstances", "PendingInstances", "TerminatingInstances")
        ],
        f"Processors (%, alarm at {alarms.cpu_percent})": [
            metrics.of_instances("CPUUtilization", statistic) for statistic in ("Average", "Maximum")
        ],
        "Databases reached by an instance": [metrics.own(f"{one}Reachable") for one in ("Writer", "Replica")],
        f"Lag of the replica (s, alarm at {alarms.replica_lag_s})": [
            metrics.of_database(REPLICA, "ReplicaLag")
        ],
        "Load of the databases": [
            metrics.of_database(one, name, "Average")
            for one in DATABASES
            for name in ("CPUUtilization", "DatabaseConnections")
        ],
        "Free storage of the databases (bytes)": [
            metrics.of_database(one, "FreeStorageSpace", "Minimum") for one in DATABASES
        ],
        "Remediation": [
            metrics.of_function("remediation", name) for name in ("Invocations", "Errors", "Throttles")
        ],
        f"Copies of files (s, alarm at {alarms.copies_late_s})": [metrics.copies.of("ReplicationLatency")],
        "Files that wait for their copies, or failed": [
            metrics.copies.of("OperationsPendingReplication"),
            metrics.copies.of("OperationsFailedReplication", "Sum"),
        ],
    }
