"""`dr reset-lease`: the way out when the lease or the fence of the ledger cannot be right."""

import json
from dataclasses import replace

import pytest

from dr.topology import Answer
from failover.lease import Automation, Kind, LeaseState
from failover.lease_item import to_item
from failover.observation import TakeoverFact

from .typed import dr, put, refusal
from .world import EAST, HEALTHY, INSPECTION, LEASE, NOW, OUTPUTS, STOCK, WEST

TAKEN = TakeoverFact.SUCCEEDED


@pytest.fixture
def unready(cloud):
    """The east has the writer and does not serve."""
    views = tuple(replace(view, ready=Answer.NO) for view in HEALTHY.topology.regions)
    cloud.found = replace(HEALTHY, topology=replace(HEALTHY.topology, regions=views))
    return cloud


def fence(cloud, epoch: int | None, region: str = EAST) -> None:
    inspections = dict(cloud.found.inspections)
    inspections[region] = replace(inspections[region], gap=replace(STOCK, fence=epoch))
    cloud.found = replace(cloud.found, inspections=inspections)


def test_a_ledger_without_its_fence_gets_one_in_a_new_epoch_of_the_same_region(unready):
    fence(unready, None)
    done = dr(unready, "reset-lease", "--yes")
    assert (done.exit_code, unready.executions) == (0, {"payments-4": TAKEN})
    lease = unready.table.read()
    assert (lease.epoch, lease.holder, lease.state, lease.kind) == (
        4,
        EAST,
        LeaseState.TAKING,
        Kind.BOOTSTRAP,
    )
    assert (lease.expires_at_ms, lease.automation) == (NOW + 30_000, Automation.RUNNING)
    assert not lease.never_served
    assert not lease.unacknowledged


def test_an_expiry_that_nobody_believes_is_replaced_by_one_of_today(unready):
    put(unready, replace(LEASE, expires_at_ms=NOW + 86_400_000))
    assert dr(unready, "reset-lease", "--yes").exit_code == 0
    assert unready.table.read().expires_at_ms == NOW + 30_000


@pytest.mark.parametrize("region", [EAST, WEST])
def test_a_removed_lease_begins_above_every_fence_and_with_automation_paused(unready, region):
    unready.table._client.delete_item(TableName=OUTPUTS["lease_table"], Key={"system": {"S": "payments"}})
    fence(unready, 7, region)
    assert dr(unready, "reset-lease", "--yes").exit_code == 0
    lease = unready.table.read()
    assert (lease.epoch, lease.automation) == (8, Automation.PAUSED)


def test_a_restored_lease_begins_above_every_takeover_that_there_was(unready):
    unready.executions = {"payments-4": TAKEN, "payments-5": TakeoverFact.FAILED}
    assert dr(unready, "reset-lease", "--yes").exit_code == 0
    assert (unready.table.read().epoch, unready.executions["payments-6"]) == (6, TAKEN)


@pytest.mark.parametrize(
    "broken", [{"epoch": {"N": "1.5"}}, {"expires_at_ms": {"S": "soon"}}, {"state": {"S": "active"}}]
)
def test_an_item_that_is_no_lease_is_said_to_be_none_and_begins_anew_once_it_is_removed(unready, broken):
    """As docs/runbooks/R10-lease-unknown.md says."""
    table, name = unready.table._client, OUTPUTS["lease_table"]
    table.put_item(TableName=name, Item=to_item(LEASE) | broken)
    refused = dr(unready, "reset-lease", "--yes")
    assert (refused.exit_code, str(refused.exception)) != (0, "")
    assert "the lease table holds no valid lease" in str(refused.exception)
    table.delete_item(TableName=name, Key={"system": {"S": "payments"}})
    assert dr(unready, "reset-lease", "--yes").exit_code == 0
    assert unready.table.read().epoch == 4


def test_a_state_machine_that_does_not_answer_begins_nothing(unready):
    unready.executions = {f"payments-{epoch}": TakeoverFact.UNKNOWN for epoch in range(4, 60)}
    assert "try again" in refusal(dr(unready, "reset-lease", "--yes"))
    assert unready.table.read() == LEASE


def test_it_asks_and_a_dry_run_changes_nothing(unready):
    asked = dr(unready, "reset-lease", answer="n\n")
    assert "Begin epoch 4 in us-east-1?" in asked.output
    assert dr(unready, "reset-lease", "--dry-run").exit_code == 0
    told = json.loads(dr(unready, "reset-lease", "--dry-run", "--json").stdout)
    assert told["dry_run"]
    assert told["question"].startswith("Begin epoch 4 in us-east-1?")
    assert (unready.table.read(), unready.executions) == (LEASE, {})


def test_a_restored_lease_whose_takeover_can_never_end_begins_anew_where_the_writer_is(unready):
    put(unready, replace(LEASE, holder=WEST, previous_holder=None, epoch=1, state=LeaseState.TAKING))
    assert dr(unready, "reset-lease", "--yes").exit_code == 0
    assert (unready.table.read().holder, unready.table.read().epoch) == (EAST, 4)


def test_where_another_command_is_right_it_is_named(cloud, unready):
    put(cloud, replace(LEASE, holder=WEST))
    assert "dr switchover" in refusal(dr(cloud, "reset-lease", "--yes"))
    put(cloud, LEASE)
    cloud.found = HEALTHY
    assert "us-east-1 serves" in refusal(dr(cloud, "reset-lease", "--yes"))


@pytest.mark.parametrize(
    ("inspection", "why"),
    [
        (None, "it does not answer"),
        (replace(INSPECTION, database="replica"), "its database is replica"),
        (replace(INSPECTION, database="writer", gap=None, why="no journal"), "no journal"),
    ],
)
def test_only_a_writer_whose_ledger_and_journal_answer_begins_anew(unready, inspection, why):
    unready.found = replace(unready.found, inspections={**HEALTHY.inspections, EAST: inspection})
    assert why in refusal(dr(unready, "reset-lease", "--yes"))


def test_what_nobody_can_tell_is_no_reason_to_begin(unready):
    unready.found = replace(unready.found, aurora=None)
    assert "give --region" in refusal(dr(unready, "reset-lease", "--yes"))
    topology = replace(unready.found.topology, lease_read_in=None)
    unready.found = replace(unready.found, topology=topology)
    assert "cannot be read" in refusal(dr(unready, "reset-lease", "--region", EAST, "--yes"))


ACCEPTING = replace(
    LEASE, state=LeaseState.TAKING, holder=WEST, previous_holder=EAST, accepting_epoch=LEASE.epoch
)


def test_B11_a_region_that_accepts_is_not_cut_off_before_its_lease_has_run_out(unready):
    put(unready, replace(ACCEPTING, expires_at_ms=NOW + 20_000))
    assert "accepts requests until" in refusal(dr(unready, "reset-lease", "--yes"))
    put(unready, replace(ACCEPTING, expires_at_ms=NOW - 3_000))
    assert dr(unready, "reset-lease", "--yes").exit_code == 0
