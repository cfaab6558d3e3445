import json
from dataclasses import replace

import pytest

from dr import operations
from dr.operations import Outcome, Refused
from dr.situation import Aurora
from dr.topology import Answer
from failover.lease import Handover, Kind
from failover.observation import TakeoverFact
from failover.takeover import Takeover

from .typed import dr, put, refusal
from .world import EAST, HEALTHY, HELD, LEASE, NOW, OUTPUTS, WEST, east_is_lost

HANDOVER = Handover(to=WEST, kind=Kind.SWITCHOVER, attempt=1)
DRAINING = LEASE.draining(HANDOVER, now_ms=NOW)


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
    assert operations.take_over(cloud, cloud.situation(), WEST).name == "payments-4"
    assert cloud.table.read().holder == WEST


def test_a_holder_that_lives_is_not_failed_over(cloud):
    assert "P28" in refusal(dr(cloud, "failover", "--yes"))
    with pytest.raises(Refused, match="has not expired"):
        operations.take_over(cloud, cloud.situation(), WEST)


def test_the_term_of_a_lost_holder_is_waited_for_once(cloud):
    lost, slept = east_is_lost(expires_at_ms=NOW + 10_000), []
    assert operations.await_expiry(cloud, lost, WEST, slept.append) == cloud.situation()
    assert slept == [13.0]
    for settled in (HEALTHY, east_is_lost(), replace(lost, inspections={EAST: None, WEST: None})):
        assert operations.await_expiry(cloud, settled, WEST, slept.append) is settled
    assert slept == [13.0]


def test_a_lease_that_ends_tomorrow_is_waited_for_one_term_only_and_taken(cloud, monkeypatch):
    """Its holder was lost after a clock that was a day ahead: nobody acknowledges by such an expiry."""
    slept = []
    monkeypatch.setattr(operations.time, "sleep", slept.append)
    cloud.found = east_is_lost(expires_at_ms=NOW + 86_400_000)
    put(cloud, cloud.found.lease)
    assert dr(cloud, "failover", "--yes").exit_code == 0
    assert slept[0] == 35.0
    assert (cloud.table.read().holder, cloud.table.read().expires_at_ms) == (WEST, NOW + 30_000)


def test_a_lease_that_ends_tomorrow_and_is_still_written_is_not_taken(cloud, monkeypatch):
    far = east_is_lost(expires_at_ms=NOW + 86_400_000)
    renewed = replace(far.lease, expires_at_ms=NOW + 86_410_000)
    cloud.found = far
    put(cloud, far.lease)
    monkeypatch.setattr(operations.time, "sleep", lambda _: put(cloud, renewed))
    assert "P28" in refusal(dr(cloud, "failover", "--yes"))
    assert cloud.table.read() == renewed


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


def test_without_a_lease_there_is_nothing_to_do(cloud):
    cloud.table._client.delete_item(TableName=OUTPUTS["lease_table"], Key={"system": {"S": "payments"}})
    for name in ("pause", "retry", "reconcile"):
        assert "absent" in refusal(dr(cloud, name))


def test_a_takeover_whose_end_is_not_seen_is_unknown(cloud):
    takeover = Takeover.planned(LEASE, HANDOVER)
    slept: list[float] = []
    assert operations.await_result(cloud, takeover, slept.append) is Outcome.UNKNOWN
    assert sum(slept) == 900
