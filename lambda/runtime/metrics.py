"""Metrics as log lines: CloudWatch reads them out of the log, so a request waits for no other service."""

from collections.abc import Mapping
from typing import TypeAlias

from aws_lambda_powertools.metrics import EphemeralMetrics, MetricUnit

from runtime.environment import Environment

COUNT, MILLISECONDS = MetricUnit.Count, MetricUnit.Milliseconds

Values: TypeAlias = Mapping[str, tuple[MetricUnit, float]]
"""Unit and value by name."""


class Meter:
    """Writes metrics of one system and environment, such as `toy-dev`, with the service as only dimension."""

    def __init__(self, environment: Environment) -> None:
        self._namespace = environment.parameter_prefix.strip("/")
        self._service = environment.system

    def record(self, values: Values) -> None:
        """One line with all the values, in Embedded Metric Format; without values none."""
        if not values:
            return
        metrics = EphemeralMetrics(namespace=self._namespace, service=self._service)
        for name, (unit, value) in values.items():
            metrics.add_metric(name=name, unit=unit, value=value)
        metrics.flush_metrics()
