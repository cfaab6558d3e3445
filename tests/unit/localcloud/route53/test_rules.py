import pytest

from localcloud.route53.records import (
    AlarmCheck,
    AlarmId,
    AlarmState,
    CalculatedCheck,
    EndpointCheck,
    WithoutData,
)
from localcloud.route53.rules import (
    Opinion,
    after,
    alarm_healthy,
    endpoint_healthy,
    passes,
    statuses,
)


@pytest.mark.parametrize(
    ("healthy", "checkers", "expected"),
    [
        (2, 16, False),  # 12.5 %
        (3, 16, True),  # 18.75 %
        (18, 100, False),  # exactly 18 % is not more than 18 %
        (19, 100, True),
        (9, 50, False),
        (0, 1, False),
        (1, 1, True),
    ],
)
def test_more_than_18_percent_of_the_checkers_decide(*, healthy: int, checkers: int, expected: bool):
    opinions = [True] * healthy + [False] * (checkers - healthy)
    assert endpoint_healthy(opinions) is expected


def test_a_check_nobody_watches_yet_is_healthy():
    assert endpoint_healthy([])


@pytest.mark.parametrize("threshold", [1, 2, 3, 10])
@pytest.mark.parametrize("start", [True, False])
def test_an_opinion_turns_exactly_at_the_threshold(*, threshold: int, start: bool):
    opinion = Opinion(healthy=start)
    for _ in range(threshold - 1):
        opinion = after(opinion, passed=not start, threshold=threshold)
        assert opinion.healthy is start
    assert after(opinion, passed=not start, threshold=threshold) == Opinion(healthy=not start)


def test_one_good_result_starts_the_count_of_failures_again():
    opinion = Opinion()
    for passed in (False, False, True, False, False):
        opinion = after(opinion, passed=passed, threshold=3)
    assert opinion == Opinion(healthy=True, contrary=2)


@pytest.mark.parametrize(
    ("status", "expected"),
    [(199, False), (200, True), (204, True), (399, True), (400, False), (503, False)],
)
def test_a_probe_passes_with_2xx_and_3xx(*, status: int, expected: bool):
    assert passes(status) is expected


@pytest.mark.parametrize(
    ("healthy", "disabled", "inverted", "expected"),
    [
        (True, False, False, True),
        (False, False, False, False),
        (True, False, True, False),
        (False, False, True, True),
        (False, True, False, True),  # disabled counts as healthy
        (True, True, True, False),  # and inverting a disabled check stops the traffic
        (False, True, True, False),
    ],
)
def test_disabled_counts_as_healthy_and_inversion_comes_last(
    *, healthy: bool, disabled: bool, inverted: bool, expected: bool
):
    check = endpoint("e", disabled=disabled, inverted=inverted)
    assert statuses({"e": check}, {"e": [healthy] * 16}, {}, {}) == {"e": expected}


def test_a_new_inverted_check_is_unhealthy_until_there_is_data():
    assert statuses({"e": endpoint("e", inverted=True)}, {}, {}, {}) == {"e": False}


@pytest.mark.parametrize(
    ("healthy_children", "threshold", "expected"),
    [(0, 0, True), (0, 1, False), (1, 1, True), (1, 2, False), (2, 2, True), (2, 3, False)],
)
def test_a_calculated_check_counts_its_healthy_children(
    *, healthy_children: int, threshold: int, expected: bool
):
    checks = {
        "a": endpoint("a"),
        "b": endpoint("b"),
        "both": CalculatedCheck(id="both", children=("a", "b"), threshold=threshold),
    }
    opinions = {"a": [healthy_children > 0], "b": [healthy_children > 1]}
    assert statuses(checks, opinions, {}, {})["both"] is expected


def test_a_calculated_check_sees_its_children_inverted():
    checks = {
        "a": endpoint("a", inverted=True),
        "not-a": CalculatedCheck(id="not-a", children=("a",), threshold=1),
    }
    assert statuses(checks, {"a": [False]}, {}, {})["not-a"]


@pytest.mark.parametrize(
    ("state", "without_data", "last_known", "expected"),
    [
        (AlarmState.OK, WithoutData.UNHEALTHY, False, True),
        (AlarmState.ALARM, WithoutData.HEALTHY, True, False),
        (AlarmState.INSUFFICIENT_DATA, WithoutData.HEALTHY, False, True),
        (AlarmState.INSUFFICIENT_DATA, WithoutData.UNHEALTHY, True, False),
        (AlarmState.INSUFFICIENT_DATA, WithoutData.LAST_KNOWN, True, True),
        (AlarmState.INSUFFICIENT_DATA, WithoutData.LAST_KNOWN, False, False),
    ],
)
def test_an_alarm_decides_and_its_absence_is_configured(
    *, state: AlarmState, without_data: WithoutData, last_known: bool, expected: bool
):
    assert alarm_healthy(state, without_data, last_known=last_known) is expected


@pytest.mark.parametrize("inverted", [True, False])
def test_an_alarm_without_data_keeps_its_last_known_status(*, inverted: bool):
    alarm = AlarmId(region="us-west-2", name="force-failover")
    check = AlarmCheck(id="a", alarm=alarm, without_data=WithoutData.LAST_KNOWN, inverted=inverted)
    new = statuses({"a": check}, {}, {}, {})
    assert new == {"a": not inverted}
    alarmed = statuses({"a": check}, {}, {alarm: AlarmState.ALARM}, new)
    assert alarmed == {"a": inverted}
    assert statuses({"a": check}, {}, {}, alarmed) == alarmed


def endpoint(id_: str, *, inverted: bool = False, disabled: bool = False) -> EndpointCheck:
    return EndpointCheck(
        id=id_,
        type="HTTP",
        fqdn="a.example",
        port=80,
        path="/",
        locations=("us-east-1",),
        inverted=inverted,
        disabled=disabled,
    )
