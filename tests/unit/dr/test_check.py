"""Check, plan and reconcile: what is seen before anything is done."""

import json
from dataclasses import replace

import pytest

from .typed import dr
from .world import EAST, HEALTHY, LEASE, WEST, with_lease


def test_check_says_what_is_wrong_and_how_to_mend_it(cloud):
    assert dr(cloud, "check").exit_code == 0
    cloud.found = replace(HEALTHY, leases_read={EAST: True, WEST: False})
    shown = dr(cloud, "check")
    assert shown.exit_code == 5
    assert "see whether DynamoDB" in shown.output
    told = json.loads(dr(cloud, "check", "--json").stdout)["findings"]
    assert [found["code"] for found in told if found["verdict"] != "pass"] == ["P10"]


@pytest.mark.parametrize(
    ("purpose", "exit_code", "steps"), [("switchover", 0, 12), ("failback", 4, 12), ("failover", 4, 10)]
)
def test_a_plan_shows_its_steps_and_changes_nothing(cloud, purpose, exit_code, steps):
    shown = dr(cloud, "plan", purpose)
    assert (shown.exit_code, f"{steps:4} record" in shown.output) == (exit_code, True)
    told = json.loads(dr(cloud, "plan", purpose, "--json").stdout)
    assert (len(told["steps"]), told["requests"]["compared"]) == (steps, 9)
    assert (cloud.executions, cloud.table.read()) == ({}, LEASE)


def test_a_figure_that_is_not_known_is_said_to_be_unknown(cloud):
    cloud.found = replace(HEALTHY, inspections={EAST: None, WEST: None})
    assert "compared unknown" in dr(cloud, "plan", "switchover").output


def test_reconcile_counts_asks_and_records_in_the_holder(cloud):
    counted = dr(cloud, "reconcile", "--dry-run")
    assert json.loads(counted.stdout)["compared"] == 9
    assert dr(cloud, "reconcile", answer="n\n").exit_code == 1
    assert '"in": "us-east-1"' in dr(cloud, "reconcile", "--yes").output
    cloud.found = with_lease()
    cloud.found = replace(
        cloud.found, inspections={**HEALTHY.inspections, EAST: replace(HEALTHY.inspections[EAST], gap=None)}
    )
    assert json.loads(dr(cloud, "reconcile", "--dry-run").stdout) == {
        "region": EAST,
        "compared": None,
        "why": None,
    }


def test_what_is_only_unknown_is_told_apart_from_what_is_broken(cloud):
    cloud.found = replace(HEALTHY, aurora=None, unknown=("us-west-2: no answer in time",))
    shown = dr(cloud, "check")
    assert (shown.exit_code, "unknown: us-west-2: no answer in time" in shown.output) == (3, True)
    assert "unknown: us-west-2: no answer" in dr(cloud, "plan", "switchover").output


def test_machines_read_what_was_counted_and_recorded(cloud):
    told = json.loads(dr(cloud, "reconcile", "--yes", "--json").stdout)
    assert (told["counted"]["compared"], told["recorded"]["in"]) == (9, EAST)
    assert json.loads(dr(cloud, "reconcile", "--dry-run", "--json").stdout)["recorded"] is None
