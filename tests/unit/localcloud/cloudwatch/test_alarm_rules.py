"""The tables of AWS's page on missing data, row by row: 0 is good, X is bad, - is missing."""

import pytest

from localcloud.cloudwatch.alarm_rules import (
    COMPARISONS,
    EXTRA_POINTS,
    CloudWatchState,
    Missing,
    Rule,
    next_state,
)

OK, ALARM, INSUFFICIENT = CloudWatchState.OK, CloudWatchState.ALARM, CloudWatchState.INSUFFICIENT_DATA
KEPT = "kept"
BOTH = (OK, ALARM, INSUFFICIENT)


def rule(periods: int = 3, bad: int = 3, missing: Missing = Missing.MISSING) -> Rule:
    return Rule(
        comparison="GreaterThanThreshold",
        threshold=10.0,
        periods=periods,
        bad_periods=bad,
        missing=missing,
    )


def points(drawn: str) -> list[float | None]:
    return [{"0": 10.0, "X": 11.0, "-": None}[one] for one in drawn.split()]


def check(drawn: str, wanted: tuple[object, ...], **changed: int) -> None:
    for missing, expected in zip(Missing, wanted, strict=True):
        for current in BOTH:
            found = next_state(rule(missing=missing, **changed), points(drawn), current)
            assert found == (current if expected == KEPT else expected), (missing, current)


@pytest.mark.parametrize(
    ("drawn", "wanted"),
    [
        ("0 - X - X", (OK, OK, OK, OK)),
        ("- - - - 0", (OK, OK, OK, OK)),
        ("0 - - - -", (OK, OK, OK, OK)),
        ("- - - - -", (INSUFFICIENT, KEPT, ALARM, OK)),
        ("0 X X - X", (ALARM, ALARM, ALARM, ALARM)),
        ("- - X - -", (ALARM, KEPT, ALARM, OK)),
        ("X X X 0 X", (OK, OK, OK, OK)),
    ],
)
def test_three_of_three(drawn, wanted):
    check(drawn, wanted)


@pytest.mark.parametrize(
    ("drawn", "wanted"),
    [
        ("0 - X - X", (ALARM, ALARM, ALARM, ALARM)),
        ("0 0 X 0 X", (ALARM, ALARM, ALARM, ALARM)),
        ("0 - X - -", (OK, OK, ALARM, OK)),
        ("- - - - 0", (OK, OK, ALARM, OK)),
        ("- - - X -", (ALARM, KEPT, ALARM, OK)),
        ("- - X - X", (ALARM, ALARM, ALARM, ALARM)),
    ],
)
def test_two_of_three(drawn, wanted):
    check(drawn, wanted, bad=2)


@pytest.mark.parametrize(("drawn", "bad"), [("- - - - X", 3), ("- - - X -", 3), ("- - - - X", 2)])
def test_an_alarm_is_not_premature(drawn, bad):
    check(drawn, (KEPT, KEPT, ALARM, OK), bad=bad)


def test_one_bad_period_of_one_is_enough_whatever_is_missing():
    for missing in Missing:
        assert next_state(rule(1, 1, missing), points("- - X"), OK) is ALARM


def test_the_range_is_longer_than_what_is_evaluated():
    assert rule().fetched == 3 + EXTRA_POINTS == 5


@pytest.mark.parametrize(
    ("comparison", "bad"),
    [
        ("GreaterThanThreshold", [11.0]),
        ("GreaterThanOrEqualToThreshold", [10.0, 11.0]),
        ("LessThanThreshold", [9.0]),
        ("LessThanOrEqualToThreshold", [9.0, 10.0]),
    ],
)
def test_each_comparison(comparison, bad):
    one = Rule(comparison=comparison, threshold=10.0, periods=1, bad_periods=1, missing=Missing.MISSING)
    assert [value for value in (9.0, 10.0, 11.0) if one.breaches(value)] == bad
    assert comparison in COMPARISONS
