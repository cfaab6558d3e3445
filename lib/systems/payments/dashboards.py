"""One dashboard body for both regions, as a value. Pure: no construct.

Every widget names its region, so that the dashboard of either region shows both.
"""

import json
from collections.abc import Iterable, Iterator

from lib.observability.metrics import Metric
from lib.systems.payments.log_metrics import PAGES
from lib.systems.payments.metrics import FUNCTIONS, RegionMetrics

WIDTH = 24
WIDGET_WIDTH = 6
WIDGET_HEIGHT = 6
HEADLINE_HEIGHT = 1
TABLES = ("lease", "journal", "arrivals", "sessions")

Widget = dict[str, object]


def body(regions: Iterable[RegionMetrics]) -> str:
    """The body of a dashboard over *regions*, as CloudWatch reads it."""
    widgets: list[Widget] = []
    top = 0
    for metrics in regions:
        graphs = list(_graphs(metrics))
        widgets.append(_headline(metrics.site.region.name, top))
        for index, graph in enumerate(graphs):
            row, column = divmod(index * WIDGET_WIDTH, WIDTH)
            widgets.append(graph | {"x": column, "y": top + HEADLINE_HEIGHT + row * WIDGET_HEIGHT})
        rows = -(-len(graphs) * WIDGET_WIDTH // WIDTH)
        top += HEADLINE_HEIGHT + rows * WIDGET_HEIGHT
    return json.dumps({"widgets": widgets})


def _headline(region: str, top: int) -> Widget:
    return {
        "type": "text",
        "x": 0,
        "y": top,
        "width": WIDTH,
        "height": HEADLINE_HEIGHT,
        "properties": {"markdown": f"## {region}"},
    }


def _graphs(metrics: RegionMetrics) -> Iterator[Widget]:
    region = metrics.site.region.name
    for title, shown in _shown(metrics).items():
        yield {
            "type": "metric",
            "width": WIDGET_WIDTH,
            "height": WIDGET_HEIGHT,
            "properties": {
                "title": f"{title}, {region}",
                "region": region,
                "view": "timeSeries",
                "period": 60,
                "metrics": [_line(metric) for metric in shown],
            },
        }


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
        "Age of the ledger's mark (ms)": [metrics.metered("MarkAge", "Maximum")],
        "Takeovers": [metrics.takeovers(name) for name in ("ExecutionsStarted", "ExecutionsFailed")],
    }


def _line(metric: Metric) -> list[object]:
    dimensions = [part for pair in metric.dimensions.items() for part in pair]
    return [metric.namespace, metric.name, *dimensions, {"stat": metric.statistic}]
