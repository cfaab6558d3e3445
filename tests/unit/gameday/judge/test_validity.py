from dataclasses import replace

import pytest

from gameday.judge.validity import Limits, excuses, invalid_reasons, overloaded
from gameday.observe.calls import Call
from gameday.observe.history import DnsSeen, ReadySeen
from gameday.observe.host_load import HostLoad
from tests.unit.gameday.builders import EAST, FAULT, WEST, attempt, failed, history, operation

STEADY = [operation(980.0 + n / 10) for n in range(190)]
LIMITS = Limits(steady_requests=150)
CALM = HostLoad(per_core=0.9, steal=0.0)


def reasons(**changes) -> list[str]:
    given = {
        "history": history(),
        "operations": STEADY,
        "calls": [],
        "fault": FAULT,
        "steady_since": 980.0,
        "limits": LIMITS,
    }
    return invalid_reasons(**(given | changes))


def rules(**changes) -> list[str]:
    return [reason.split()[0] for reason in reasons(**changes)]


def watched(**lists):
    return replace(history(), **lists)


def late(seconds: float, count: int):
    """All steady payments, the last *count* of which arrived late."""
    ended = [operation(p.started, due=p.started - seconds) for p in STEADY[-count:]]
    return STEADY[:-count] + ended


def dead_call(**changes) -> Call:
    told = {"at": 1001.0, "caller": EAST, "to_region": EAST, "service": "dynamodb"}
    told |= {"action": "PutItem", "principal": None, "status": 200}
    return Call(**(told | changes))


def test_a_calm_run_is_valid():
    assert rules() == []


def test_a_region_that_was_not_ready_is_quoted():
    flapped = watched(readiness=[ReadySeen(at=995.0, region=EAST, ready=False, reason="H10_lease_unknown")])
    assert reasons(history=flapped) == [
        "V10 health of us-east-1 flapped before the fault: not ready in 1 of 1 looks, H10_lease_unknown"
    ]


def test_a_dns_that_left_is_told_by_how_often_it_was_seen_elsewhere():
    looks = [DnsSeen(at=at, region=WEST if at > 992.0 else EAST) for at in (990.0, 991.0, 992.0, 993.0)]
    assert reasons(history=watched(dns=looks)) == ["V11 DNS left us-east-1 before the fault in 1 of 4 looks"]


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"history": watched(readiness=[])}, "V10"),
        ({"history": watched(readiness=[ReadySeen(at=995.0, region=EAST, ready=False)])}, "V10"),
        ({"history": watched(dns=[])}, "V11"),
        ({"history": watched(dns=[DnsSeen(at=995.0, region=WEST)])}, "V11"),
        ({"limits": Limits(steady_requests=191)}, "V20"),
        ({"operations": [*STEADY, operation(990.0, failed(990.0), failed(991.0))]}, "V21"),
        ({"steady_since": 999.5}, "V21"),
        ({"operations": late(0.26, 3)}, "V30"),
        ({"operations": [*STEADY, operation(1001.0, attempt(1001.0, region=EAST))]}, "V50"),
        ({"operations": [*STEADY, operation(1001.0, attempt(1001.0, region=EAST, status=503))]}, "V50"),
        ({"calls": [dead_call()]}, "V51"),
    ],
)
def test_one_fact_makes_a_run_invalid(changes, rule):
    assert rules(**changes) == [rule]


@pytest.mark.parametrize(
    ("host", "rules"),
    [
        (HostLoad(per_core=4.0, steal=0.10), []),
        (HostLoad(per_core=4.1, steal=0.0), ["V40"]),
        (HostLoad(per_core=0.9, steal=0.11), ["V41"]),
        (HostLoad(per_core=4.1, steal=0.11), ["V40", "V41"]),
    ],
)
def test_a_machine_is_overloaded_above_the_limits_only(host, rules):
    assert [reason.split()[0] for reason in overloaded(host, LIMITS)] == rules


def test_only_pressure_above_the_limit_excuses():
    limits = Limits(steady_requests=1)
    assert excuses(replace(CALM, pressure=0.35), limits) == []
    assert excuses(replace(CALM, pressure=0.36), limits) == [
        "V42 processes waited for a processor in 36% of half a minute"
    ]


@pytest.mark.parametrize(
    "changes",
    [
        {"operations": [*STEADY, operation(985.0, failed(985.0))]},  # 190 of 191: 99.5 %
        {"operations": [*STEADY, operation(999.5, failed(999.5))]},  # cut by the fault
        {"operations": [operation(970.0, failed(970.0), failed(971.0)), *STEADY]},  # while ramping up
        {"operations": late(0.25, 3)},
        {"operations": late(5.0, 1)},  # beyond the 99th percentile
        {"limits": Limits(steady_requests=190)},
        {"operations": [*STEADY, operation(1001.0, attempt(1001.0, region=WEST))]},
        {"calls": [dead_call(caller=WEST)]},
        {"calls": [dead_call(status=None)]},  # a cut call is what death looks like
        {"calls": [dead_call(at=1000.1)]},  # while it was being killed
    ],
)
def test_what_is_within_the_limits_leaves_it_valid(changes):
    assert rules(**changes) == []
