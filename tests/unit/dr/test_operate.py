import json
from dataclasses import replace

import pytest
from typer.testing import CliRunner

from dr import __main__ as command
from dr import automation, look, operate, operations
from dr.operations import Outcome, Refused
from dr.situation import Aurora
from dr.topology import Answer
from failover.lease import Automation, Handover, Kind, LeaseState
from failover.lease_item import to_item
from failover.observation import TakeoverFact
from failover.takeover import Takeover

from .world import EAST, ENDPOINTS, HEALTHY, LEASE, NOW, OUTPUTS, WEST, FakeCloud, east_is_lost, with_lease

HANDOVER = Handover(to=WEST, kind=Kind.SWITCHOVER, attempt=1)
DRAINING = LEASE.draining(HANDOVER, now_ms=NOW)
HELD = replace(LEASE, holder=WEST, previous_holder=EAST, state=LeaseState.TAKING, kind=Kind.FAILOVER)


@pytest.fixture
def cloud(lease_table, monkeypatch, tmp_path):
    """The system, healthy; every command finds this cloud behind the outputs."""
    made = FakeCloud(lease_table)
    put(made, LEASE)
    for module in (look, operate, automation):
        monkeypatch.setattr(module, "Cloud", lambda _: made)
    monkeypatch.setattr(operations.time, "sleep", lambda _: None)
    path = tmp_path / "flat.json"
    path.write_text(json.dumps(OUTPUTS | ENDPOINTS))
    made.outputs = str(path)
    return made


def put(cloud, lease):
    cloud.table._client.put_item(TableName=OUTPUTS["lease_table"], Item=to_item(lease))
    return lease


def dr(cloud, *arguments, answer=None):
    return CliRunner().invoke(command.app, [*arguments, "--outputs", cloud.outputs], input=answer)


def refusal(result):
    assert isinstance(result.exception, Refused), result.output
    return str(result.exception)


def test_a_switchover_starts_one_execution_in_the_region_that_is_to_serve(cloud):
    done = dr(cloud, "switchover", "--yes")
    assert done.exit_code == 0
    assert cloud.executions == {"payments-4-switchover": TakeoverFact.SUCCEEDED}
    assert {region for region, what in cloud.asked if what == "states"} == {WEST}
    assert "us-west-2 serves" in done.output


def test_a_switchover_asks_and_names_the_consequence(cloud):
    asked = dr(cloud, "switchover", answer="n\n")
    assert "Move payments from us-east-1 to us-west-2?" in asked.output
    assert (asked.exit_code, cloud.executions) == (1, {})
    assert dr(cloud, "switchover", answer="y\n").exit_code == 0


def test_a_dry_run_judges_asks_nothing_and_changes_nothing(cloud):
    shown = dr(cloud, "switchover", "--dry-run")
    assert (shown.exit_code, cloud.executions) == (0, {})
    assert json.loads(shown.stdout)["dry_run"] is True
    assert cloud.table.read() == LEASE


def test_a_refused_command_names_the_rules(cloud):
    cloud.found = replace(HEALTHY, aurora=None)
    assert "P45" in refusal(dr(cloud, "switchover", "--yes"))
    assert "us-moon-1 is no region" in refusal(dr(cloud, "switchover", "--to", "us-moon-1"))
    assert cloud.executions == {}


@pytest.mark.parametrize(
    ("ends", "exit_code", "says"),
    [(TakeoverFact.FAILED, 1, "dr retry"), (TakeoverFact.RUNNING, 3, "the result is unknown")],
)
def test_failed_and_unknown_are_told_apart(cloud, ends, exit_code, says):
    cloud.ends = ends
    told = dr(cloud, "switchover", "--yes", "--json")
    assert (told.exit_code, says in told.output) == (exit_code, True)
    assert json.loads(told.stdout)["execution"] == "payments-4-switchover"


def test_going_home_takes_another_soak_time_only_when_asked(cloud):
    put(cloud, replace(LEASE, holder=WEST, previous_holder=EAST))
    views = tuple(replace(view, ready=Answer.YES) for view in HEALTHY.topology.regions)
    cloud.found = replace(
        HEALTHY,
        topology=replace(HEALTHY.topology, regions=views),
        inspections={EAST: HEALTHY.inspections[WEST], WEST: HEALTHY.inspections[EAST]},
        aurora=Aurora(writer=WEST, moving=False),
    )
    assert dr(cloud, "failback", "--yes").exit_code == 0
    assert list(cloud.executions) == ["payments-4-failback"]
    assert cloud.deployment.soaked(0).failback_soak_ms == 0
    assert cloud.deployment.soaked(None) == cloud.deployment


# failover


def test_a_forced_failover_takes_the_expired_lease_without_the_lost_region(cloud):
    cloud.found, cloud.lost = east_is_lost(), frozenset({EAST})
    put(cloud, cloud.found.lease)
    done = dr(cloud, "failover", "--yes")
    assert done.exit_code == 0
    lease = cloud.table.read()
    assert (lease.epoch, lease.holder, lease.state, lease.automation) == (4, WEST, "TAKING", "PAUSED")
    assert lease.expires_at_ms == NOW + 30_000
    assert cloud.executions == {"payments-4": TakeoverFact.SUCCEEDED}


def test_a_failover_that_the_state_machine_did_not_take_is_the_keepers(cloud):
    cloud.found, cloud.refuses = east_is_lost(), True
    put(cloud, cloud.found.lease)
    assert operations.take_over(cloud, cloud.found.lease, WEST).name == "payments-4"
    assert cloud.table.read().holder == WEST


def test_a_holder_that_lives_is_not_failed_over(cloud):
    assert "P28" in refusal(dr(cloud, "failover", "--yes"))
    with pytest.raises(Refused, match="has not expired"):
        operations.take_over(cloud, LEASE, WEST)


def test_the_term_of_a_lost_holder_is_waited_for_once(cloud):
    lost, slept = east_is_lost(expires_at_ms=NOW + 10_000), []
    assert operations.await_expiry(cloud, lost, WEST, slept.append) == cloud.situation()
    assert slept == [13.0]
    for settled in (HEALTHY, east_is_lost(), replace(lost, inspections={EAST: None, WEST: None})):
        assert operations.await_expiry(cloud, settled, WEST, slept.append) is settled
    assert slept == [13.0]


# retry and abort


def test_a_held_takeover_starts_again_in_the_same_epoch(cloud):
    put(cloud, HELD)
    cloud.executions = {"payments-3": TakeoverFact.FAILED}
    assert dr(cloud, "retry").exit_code == 0
    assert cloud.executions["payments-3-2"] is TakeoverFact.SUCCEEDED
    assert (cloud.table.read().epoch, cloud.table.read().attempt) == (3, 2)


def test_a_takeover_that_never_started_gets_its_own_name(cloud):
    put(cloud, HELD)
    dr(cloud, "retry")
    assert (list(cloud.executions), cloud.table.read().attempt) == (["payments-3"], 1)


def test_there_is_nothing_to_retry_while_a_region_serves(cloud):
    assert "nothing to retry" in refusal(dr(cloud, "retry"))


def test_an_aborted_switchover_serves_again_where_it_was(cloud):
    put(cloud, DRAINING)
    assert dr(cloud, "abort").exit_code == 0
    assert cloud.table.read() == replace(LEASE, changed_at_ms=NOW)


@pytest.mark.parametrize("aurora", [Aurora(writer=WEST, moving=False), Aurora(writer=EAST, moving=True)])
def test_nothing_is_aborted_once_the_writer_leaves(cloud, aurora):
    put(cloud, DRAINING)
    cloud.found = replace(HEALTHY, aurora=aurora)
    assert "dr retry" in refusal(dr(cloud, "abort"))


def test_without_a_handover_there_is_nothing_to_abort(cloud):
    assert "no handover" in refusal(dr(cloud, "abort"))


# automation


def test_pause_and_resume(cloud):
    assert dr(cloud, "pause").output == "automation PAUSED in epoch 3\n"
    assert dr(cloud, "resume").output == "automation RUNNING in epoch 3\n"


def test_a_failover_is_acknowledged_and_not_just_resumed(cloud):
    put(cloud, replace(LEASE, kind=Kind.FAILOVER, automation=Automation.PAUSED))
    assert "dr ack" in refusal(dr(cloud, "resume"))
    dr(cloud, "ack")
    lease = cloud.table.read()
    assert (lease.automation, lease.acknowledged_epoch) == (Automation.RUNNING, 3)
    assert "nothing to acknowledge" in refusal(dr(cloud, "ack"))


def test_a_failover_that_has_not_ended_is_not_acknowledged(cloud):
    put(cloud, HELD)
    assert "has not ended" in refusal(dr(cloud, "ack"))


def test_without_a_lease_there_is_nothing_to_do(cloud):
    cloud.table._client.delete_item(TableName=OUTPUTS["lease_table"], Key={"system": {"S": "payments"}})
    for name in ("pause", "retry", "reconcile"):
        assert "absent" in refusal(dr(cloud, name))


# check, plan, reconcile


def test_check_says_what_is_wrong_and_how_to_mend_it(cloud):
    assert dr(cloud, "check").exit_code == 0
    cloud.found = replace(HEALTHY, leases_read={EAST: True, WEST: False})
    shown = dr(cloud, "check")
    assert shown.exit_code == 1
    assert "see whether DynamoDB" in shown.output
    told = json.loads(dr(cloud, "check", "--json").stdout)["findings"]
    assert [found["code"] for found in told if found["verdict"] != "pass"] == ["P10"]


@pytest.mark.parametrize(
    ("purpose", "exit_code", "steps"), [("switchover", 0, 12), ("failback", 1, 12), ("failover", 1, 10)]
)
def test_a_plan_shows_its_steps_and_changes_nothing(cloud, purpose, exit_code, steps):
    shown = dr(cloud, "plan", purpose)
    assert (shown.exit_code, f"{steps:4} record" in shown.output) == (exit_code, True)
    told = json.loads(dr(cloud, "plan", purpose, "--json").stdout)
    assert (len(told["steps"]), told["payments"]["compared"]) == (steps, 9)
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
        cloud.found, inspections={**HEALTHY.inspections, EAST: replace(HEALTHY.inspections[EAST], stock=None)}
    )
    assert json.loads(dr(cloud, "reconcile", "--dry-run").stdout) == {"region": EAST, "compared": None}


def test_a_takeover_whose_end_is_not_seen_is_unknown(cloud):
    takeover = Takeover.planned(LEASE, HANDOVER)
    slept: list[float] = []
    assert operations.await_result(cloud, takeover, slept.append) is Outcome.UNKNOWN
    assert sum(slept) == 900
