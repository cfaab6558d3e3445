"""The body of a dashboard, as a value. Pure: no construct.

Every widget names its region, so that a dashboard in one region may show others, too.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from lib.observability.metrics import Metric

WIDTH = 24
WIDGET_WIDTH = 6
WIDGET_HEIGHT = 6
HEADLINE_HEIGHT = 1

Widget = dict[str, object]


@dataclass(frozen=True, slots=True)
class DashboardSection:
    """What one region shows: metrics by the title of their graph."""

    region: str
    graphs: Mapping[str, list[Metric]]


def dashboard(sections: Iterable[DashboardSection]) -> str:
    """The body, as CloudWatch reads it: a headline and its graphs for each section."""
    widgets: list[Widget] = []
    top = 0
    for section in sections:
        graphs = list(_graphs(section))
        widgets.append(_headline(section.region, top))
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


def _graphs(section: DashboardSection) -> Iterator[Widget]:
    for title, shown in section.graphs.items():
        yield {
            "type": "metric",
            "width": WIDGET_WIDTH,
            "height": WIDGET_HEIGHT,
            "properties": {
                "title": f"{title}, {section.region}",
                "region": section.region,
                "view": "timeSeries",
                "period": 60,
                "metrics": [_line(metric) for metric in shown],
            },
        }


def _line(metric: Metric) -> list[object]:
    dimensions = [part for pair in metric.dimensions.items() for part in pair]
    return [metric.namespace, metric.name, *dimensions, {"stat": metric.statistic}]
