"""Metrics that come out of the functions' logs."""
# ruff: noqa: SLF001 - a patch changes what upstream keeps to itself

import logging
from typing import Any

from ministack.services import cloudwatch, cloudwatch_logs, lambda_svc

from localcloud.cloudwatch.log_events import Datum, Record, UnknownPattern, embedded, filtered, record_of
from localcloud.emulator.patches.wrapping import Wrapper, wrap

log = logging.getLogger(__name__)


def measure_what_is_logged() -> None:
    """Record the metrics that a function's lines carry, and those that metric filters make of them.

    CloudWatch does both as the lines come in; upstream keeps the lines, and filters that nothing reads.
    """

    def emit(
        original: Wrapper, func: dict[str, Any], request_id: str, text: str, *more: Any, **named: Any
    ) -> None:
        original(func, request_id, text, *more, **named)
        group = f"/aws/lambda/{(func.get('config') or func)['FunctionName']}"
        for record in filter(None, map(record_of, text.splitlines())):
            for datum in (*embedded(record), *_counted(group, record)):
                cloudwatch.record_metric(
                    datum.namespace, datum.name, datum.value, datum.unit, dict(datum.dimensions)
                )

    wrap(lambda_svc, "_emit_lambda_logs", emit)


def _counted(group: str, record: Record) -> list[Datum]:
    return [
        Datum(namespace=made["metricNamespace"], name=made["metricName"], value=value)
        for rule in cloudwatch_logs._metric_filters.values()
        if rule["logGroupName"] == group
        for made in rule["metricTransformations"]
        if (value := _value(rule["filterPattern"], made["metricValue"], record)) is not None
    ]


def _value(pattern: str, value: str, record: Record) -> float | None:
    try:
        return filtered(pattern, value, record)
    except UnknownPattern as error:
        log.warning("a metric filter counts nothing: %s", error)
        return None
