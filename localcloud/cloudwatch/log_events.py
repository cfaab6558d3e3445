"""Metrics that are made of log lines: the Embedded Metric Format, and metric filters over JSON. Pure.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
"""

import json
import operator
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

Record = Mapping[str, object]

_CONDITION = re.compile(
    r"\s*\$\.(?P<path>[\w.]+)\s*(?P<operator>>=|<=|!=|=|>|<)\s*(?:\"(?P<text>[^\"]*)\"|(?P<number>-?[\d.]+))\s*"
)
_ORDER: Mapping[str, Callable[[float, float], bool]] = {
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
}


class UnknownPattern(ValueError):
    """A filter pattern that is not understood here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Datum:
    """One value of one metric."""

    namespace: str
    name: str
    value: float
    unit: str = "None"
    dimensions: Mapping[str, str] = field(default_factory=dict)


def record_of(line: str) -> Record | None:
    """The JSON object of a log line; None for any other text."""
    try:
        found = json.loads(line)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def embedded(record: Record) -> Iterator[Datum]:
    """The metrics that a record carries in Embedded Metric Format, once for each set of dimensions."""
    match record.get("_aws"):
        case {"CloudWatchMetrics": list(directives)}:
            for directive in directives:
                yield from _directed(directive, record)


def _directed(directive: Mapping[str, object], record: Record) -> Iterator[Datum]:
    match directive:
        case {"Namespace": str(namespace), "Metrics": list(metrics), **rest}:
            sets = rest.get("Dimensions")
            for names in sets if isinstance(sets, list) and sets else [[]]:
                dimensions = {name: str(record[name]) for name in names if name in record}
                for metric in metrics:
                    for value in _numbers(record.get(metric["Name"])):
                        yield Datum(
                            namespace=namespace,
                            name=metric["Name"],
                            value=value,
                            unit=metric.get("Unit", "None"),
                            dimensions=dimensions,
                        )


def _numbers(found: object) -> Iterator[float]:
    for one in found if isinstance(found, list) else [found]:
        if isinstance(one, int | float) and not isinstance(one, bool):
            yield float(one)


def at(record: Record, path: str) -> object:
    """What stands at ``a.b`` of the record; None where there is nothing."""
    found: object = record
    for name in path.split("."):
        found = found.get(name) if isinstance(found, Mapping) else None
    return found


def matches(pattern: str, record: Record) -> bool:
    """Whether a metric filter counts the record. ``&&`` binds more tightly than ``||``.

    Raises:
        UnknownPattern: it is no JSON pattern, or one with more than conditions, ``&&`` and ``||``.
    """
    inner = pattern.strip()
    if not (inner.startswith("{") and inner.endswith("}")):
        raise UnknownPattern(f"filter pattern that is not known here: {pattern!r}")
    alternatives = [[_condition(one) for one in part.split("&&")] for part in inner[1:-1].split("||")]
    return any(all(_holds(one, record) for one in part) for part in alternatives)


def _condition(text: str) -> re.Match[str]:
    found = _CONDITION.fullmatch(text)
    if found is None or (found["text"] is not None and found["operator"] in _ORDER):
        raise UnknownPattern(f"condition that is not known here: {text.strip()!r}")
    return found


def _holds(condition: re.Match[str], record: Record) -> bool:
    value, sign = at(record, condition["path"]), condition["operator"]
    wanted = condition["text"] if condition["text"] is not None else float(condition["number"])
    if sign in _ORDER:
        return isinstance(value, int | float) and _ORDER[sign](value, float(wanted))
    return (value == wanted) is (sign == "=")


def filtered(pattern: str, value: str, record: Record) -> float | None:
    """What a metric filter adds for the record: a number, or a field of it; None when it adds nothing."""
    if not matches(pattern, record):
        return None
    if value.startswith("$."):
        return next(_numbers(at(record, value.removeprefix("$."))), None)
    return float(value)
