"""One dashboard body for both regions, as a value. Pure: no construct.

Every widget names its region, so that the dashboard of either region shows both.
"""

from collections.abc import Iterable

from lib.failover.log_metrics import PAGES
from lib.observability.dashboard import DashboardSection, dashboard
from lib.observability.metrics import Metric
from lib.systems.payments.metrics import FUNCTIONS, RegionMetrics

TABLES = ("lease", "journal", "arrivals", "sessions")


def body(regions: Iterable[RegionMetrics]) -> str:
    """The body of a dashboard over *regions*, as CloudWatch reads it."""
    return dashboard(DashboardSection(metrics.site.region.name, _shown(metrics)) for metrics in regions)


def _shown(metrics: RegionMetrics) -> dict[str, list[Metric]]:
    """What each widget shows."""
    limit = metrics.alarms.replication_lag_s
    functions = [(what, name) for name in ("Errors", "Throttles") for what in FUNCTIONS]
    return {
        f"Database lag (ms, alarm at {limit} s)": [
            metrics.database(name) for name in ("AuroraGlobalDBReplicationLag", "AuroraGlobalDBRPOLag")
        ],
        "Database load": [
            metrics.database(name, "Average")
            for name in ("CPUUtilization", "DatabaseConnections", "CommitLatency")
        ],
        "Function invocations": [metrics.function(what, "Invocations") for what in FUNCTIONS],
        "Function errors and throttles": [metrics.function(what, name) for what, name in functions],
        "Function duration (ms)": [metrics.function(what, "Duration", "p99") for what in FUNCTIONS],
        "Table capacity consumed": [
            metrics.table(what, f"Consumed{way}CapacityUnits") for what in TABLES for way in ("Read", "Write")
        ],
        "Payments answered": [metrics.payments(name) for name in ("Count", "4xx", "5xx")],
        "Payments latency (ms)": [metrics.payments("Latency", statistic) for statistic in ("p50", "p99")],
        "Lease left (ms)": [metrics.own("LeaseRemaining", "Minimum")],
        "Keeper": [metrics.own("KeeperTicks"), *(metrics.own(page.metric) for page in PAGES)],
        "Ledger writes that failed": [metrics.own("LedgerWriteFailures")],
        "Age of the ledger's watermark (ms)": [metrics.metered("WatermarkAge", "Maximum")],
        "Takeovers": [metrics.takeovers(name) for name in ("ExecutionsStarted", "ExecutionsFailed")],
    }
