"""Logs, alarms, dashboards."""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from lib.facts import aws_facts

Sent = Mapping[str, Any]
DAY_S, WEEK_S, HOUR_S = 86_400, 604_800, 3600
MOST_WIDGETS, MOST_IN_WIDGET, MOST_METRICS = 500, 500, 2500
"""https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_limits.html"""


def _alarm(sent: Sent) -> Iterator[str]:
    """https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html."""
    period, periods = sent.get("Period", 60), sent["EvaluationPeriods"]
    if period not in (10, 20, 30) and period % 60:
        yield f"Period = {period}: 10, 20, 30 or a multiple of 60"
    if period * periods > (WEEK_S if period >= HOUR_S else DAY_S):
        yield f"Period x EvaluationPeriods = {period * periods} s: a day, or a week in hours"
    if sent.get("DatapointsToAlarm", periods) > periods:
        yield f"DatapointsToAlarm = {sent['DatapointsToAlarm']}: more than EvaluationPeriods = {periods}"
    if sum(member in sent for member in ("Statistic", "ExtendedStatistic", "Metrics")) != 1:
        yield "exactly one of Statistic, ExtendedStatistic and Metrics"


def _retention(sent: Sent) -> Iterator[str]:
    if sent["retentionInDays"] not in aws_facts().log_retention_days:
        yield f"retentionInDays = {sent['retentionInDays']}: one of {aws_facts().log_retention_days}"


def _dashboard(sent: Sent) -> Iterator[str]:
    if not isinstance(text := sent["DashboardBody"], str):
        return
    widgets = json.loads(text)["widgets"]
    metrics = [len(widget["properties"].get("metrics", ())) for widget in widgets]
    most = max(metrics, default=0)
    if len(widgets) > MOST_WIDGETS or most > MOST_IN_WIDGET or sum(metrics) > MOST_METRICS:
        yield f"DashboardBody: {len(widgets)} widgets, {sum(metrics)} metrics, up to {most} in one"
    for widget in widgets:
        if widget["type"] == "metric" and "region" not in widget["properties"]:
            yield f"DashboardBody: {widget['properties'].get('title')!r} names no region"
        if widget.get("x", 0) + widget["width"] > 24:  # noqa: PLR2004 - columns of a dashboard
            yield f"DashboardBody: {widget['properties'].get('title')!r} does not fit into 24 columns"


def _config_rule(sent: Sent) -> Iterator[str]:
    """https://docs.aws.amazon.com/config/latest/APIReference/API_ConfigRule.html."""
    text = sent["ConfigRule"].get("InputParameters")
    if isinstance(text, str) and not all(isinstance(one, str) for one in json.loads(text).values()):
        yield "InputParameters: values are texts, whatever they mean"


RULES: Mapping[str, Callable[[Sent], Iterator[str]]] = {
    "cloudwatch:PutMetricAlarm": _alarm,
    "cloudwatch:PutDashboard": _dashboard,
    "logs:PutRetentionPolicy": _retention,
    "config:PutConfigRule": _config_rule,
}
