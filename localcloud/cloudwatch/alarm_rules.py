"""When an alarm changes its state: M out of N, missing data, and the rule against premature alarms. Pure.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
"""

import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

EXTRA_POINTS = 2
"""CloudWatch fetches more periods than it evaluates: five for three."""


class CloudWatchState(StrEnum):
    """The state of an alarm, in CloudWatch's words."""

    OK = "OK"
    ALARM = "ALARM"
    INSUFFICIENT_DATA = "INSUFFICIENT_DATA"


class Missing(StrEnum):
    """What a period without data counts as."""

    MISSING = "missing"
    IGNORE = "ignore"
    BREACHING = "breaching"
    NOT_BREACHING = "notBreaching"


COMPARISONS: Mapping[str, Callable[[float, float], bool]] = {
    "GreaterThanOrEqualToThreshold": operator.ge,
    "GreaterThanThreshold": operator.gt,
    "LessThanThreshold": operator.lt,
    "LessThanOrEqualToThreshold": operator.le,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What an alarm compares. `bad_periods` of `periods` must breach: M out of N."""

    comparison: str
    threshold: float
    periods: int
    bad_periods: int
    missing: Missing

    @property
    def fetched(self) -> int:
        """The evaluation range: how many periods are looked at, the latest ones."""
        return self.periods + EXTRA_POINTS

    def breaches(self, value: float) -> bool:
        """Whether a data point is on the wrong side. Raises KeyError for a comparison with a band."""
        return COMPARISONS[self.comparison](value, self.threshold)


def next_state(rule: Rule, points: Sequence[float | None], current: CloudWatchState) -> CloudWatchState:
    """The state after an evaluation.

    Args:
        rule: the alarm.
        points: one a period of the evaluation range, oldest first; None where there is no data.
        current: the state before.
    """
    real = [rule.breaches(point) for point in points if point is not None]
    if not real:
        return _without_data(rule.missing, current)
    latest = real[-rule.periods :]
    lacking = rule.periods - len(latest)
    if lacking == 0:
        return _by_count(sum(latest), rule)
    if rule.missing is Missing.BREACHING:
        return _by_count(sum(latest) + lacking, rule)
    if rule.missing is Missing.NOT_BREACHING or sum(latest) >= rule.bad_periods or not all(latest):
        return _by_count(sum(latest), rule)
    if rule.missing is Missing.MISSING and _lasts(rule, points):
        return CloudWatchState.ALARM
    return current


def _without_data(missing: Missing, current: CloudWatchState) -> CloudWatchState:
    match missing:
        case Missing.MISSING:
            return CloudWatchState.INSUFFICIENT_DATA
        case Missing.IGNORE:
            return current
        case Missing.BREACHING:
            return CloudWatchState.ALARM
        case Missing.NOT_BREACHING:
            return CloudWatchState.OK


def _by_count(bad: int, rule: Rule) -> CloudWatchState:
    return CloudWatchState.ALARM if bad >= rule.bad_periods else CloudWatchState.OK


def _lasts(rule: Rule, points: Sequence[float | None]) -> bool:
    """Whether nothing but breaching and missing points came since one that is M periods old, or older.

    Until then the next point may still be good: the alarm would be premature.
    """
    oldest = next(place for place, point in enumerate(points) if point is not None)
    return len(points) - oldest >= rule.bad_periods
