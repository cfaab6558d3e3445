"""One dashboard body for both regions, as a value. Pure: no construct."""

from collections.abc import Iterable

from lib.observability.dashboard import DashboardSection, dashboard
from lib.observability.metrics import Metric
from lib.systems.trading.metrics import FUNCTIONS, TradingMetrics

TABLES = ("lease", "journal", "arrivals", "sessions")


def body(regions: Iterable[TradingMetrics]) -> str:
    """The body of a dashboard over *regions*, as CloudWatch reads it."""
    return dashboard(DashboardSection(one.site.region.name, _shown(one)) for one in regions)


def _shown(metrics: TradingMetrics) -> dict[str, list[Metric]]:
    """In the order of an order: balancer, instances, database, then what recovers."""
    fleet = metrics.fleet
    return {
        "Requests": [fleet.of_balancer("RequestCount")],
        "Errors": [
            fleet.of_targets("HTTPCode_Target_5XX_Count", "Sum"),
            fleet.of_balancer("HTTPCode_ELB_5XX_Count"),
        ],
        "Targets": [fleet.of_targets(f"{state}HostCount", "Maximum") for state in ("Healthy", "UnHealthy")],
        "Instances": [fleet.of_group("GroupInServiceInstances")],
        "Replication lag (ms)": [metrics.database("AuroraGlobalDBRPOLag")],
        "Database": [metrics.database(name) for name in ("CPUUtilization", "DatabaseConnections")],
        "Table reads": [metrics.table(what, "ConsumedReadCapacityUnits") for what in TABLES],
        "Table writes": [metrics.table(what, "ConsumedWriteCapacityUnits") for what in TABLES],
        "Copies (s)": [copies.of("ReplicationLatency") for copies in metrics.copies.values()],
        "Functions": [
            metrics.function(what, name) for what in FUNCTIONS for name in ("Invocations", "Errors")
        ],
        "Lease left (ms)": [metrics.own("LeaseRemaining", "Minimum")],
        "Takeovers": [metrics.takeovers(name) for name in ("ExecutionsStarted", "ExecutionsFailed")],
    }
