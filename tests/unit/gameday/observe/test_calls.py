import json

import pytest

from gameday.observe.calls import Call, recovery_calls
from tests.unit.gameday.builders import EAST, FAULT, WEST


def call(**changes) -> Call:
    told = {
        "at": 1010.0,
        "caller": WEST,
        "to_region": WEST,
        "service": "dynamodb",
        "action": "GetItem",
        "principal": "payments-keeper-usw2-dev",
        "status": 200,
    }
    return Call(**(told | changes))


def report(*calls):
    return recovery_calls(calls, FAULT, until=1100.0)


def test_a_line_of_the_log_becomes_a_call():
    line = {"at": 5, "from": WEST, "to_region": EAST, "service": "rds", "action": "X"}
    line |= {"principal": None, "status": None, "cut": True}
    parsed = Call.parse(json.dumps(line))
    assert (parsed.at, parsed.caller, parsed.to_region, parsed.status) == (5.0, WEST, EAST, None)


def test_calls_inside_the_own_region_are_no_dependency():
    found = report(call(), call(service="rds", action="FailoverGlobalCluster"), call(service="sts"))
    assert len(found.calls) == 3
    assert (found.to_dead_region, found.to_foreign_control_plane) == ([], [])


def test_a_call_to_the_dead_region_is_found_also_when_it_was_cut():
    stray = call(to_region=EAST, status=None)
    found = report(call(), stray)
    assert found.to_dead_region == [stray]
    assert found.to_foreign_control_plane == [stray]


@pytest.mark.parametrize(
    "stray",
    [
        call(service="route53", to_region="global"),
        call(service="iam"),  # whatever region signed it
        call(service="cloudfront"),
        call(service="organizations"),
        call(service="sts", to_region="global"),
        call(service="sts", to_region="us-east-2"),
        call(to_region="us-east-2"),
    ],
)
def test_a_control_plane_elsewhere_is_found(stray):
    found = report(stray)
    assert found.to_foreign_control_plane == [stray]
    assert found.to_dead_region == []


@pytest.mark.parametrize(
    "left_out",
    [
        call(caller="operator", to_region=EAST),
        call(caller=EAST, to_region=EAST),  # the dying region is not the recovery
        call(at=999.9, to_region=EAST),
        call(at=1100.1, to_region=EAST),
    ],
)
def test_only_the_survivors_functions_during_the_recovery_count(left_out):
    assert report(left_out).calls == []


def test_the_table_counts_by_principal_service_and_action():
    found = report(call(), call(), call(principal=None, action="PutItem"))
    lines = [(line.principal, line.action, line.count) for line in found.table]
    assert lines == [("payments-keeper-usw2-dev", "GetItem", 2), ("unknown", "PutItem", 1)]
