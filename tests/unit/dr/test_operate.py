import json
from dataclasses import replace

import pytest

from dr import operations
from dr.limits import LOOK_S
from dr.operations import Outcome, Refused
from dr.situation import Aurora
from dr.topology import Answer
from dr.waiting import deadline
from failover.lease import Handover, Kind
from failover.observation import TakeoverFact
from failover.takeover import Takeover

from .typed import dr, put, refusal
from .world import EAST, HEALTHY, HELD, LEASE, NOW, OUTPUTS, WEST, FakeTakeovers, east_is_lost

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
    assert "Move requests from us-east-1 to us-west-2?" in asked.output
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
    views = tuple(
        replace(view, ready=Answer.YES if view.region == WEST else Answer.NO)
        for view in HEALTHY.topology.regions
    )
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


def test_the_term_of_a_lost_holder_is_waited_for_once(cloud, clock):
    lost = east_is_lost(expires_at_ms=NOW + 10_000)
    assert operations.await_expiry(cloud, lost, WEST) == cloud.situation()
    assert clock.at == 13.0
    for settled in (HEALTHY, east_is_lost(), replace(lost, inspections={EAST: None, WEST: None})):
        assert operations.await_expiry(cloud, settled, WEST) is settled
    assert clock.at == 13.0


def test_a_lease_that_ends_tomorrow_is_waited_for_one_term_only_and_taken(cloud, clock):
    """Its holder was lost after a clock that was a day ahead: nobody acknowledges by such an expiry."""
    cloud.found = east_is_lost(expires_at_ms=NOW + 86_400_000)
    put(cloud, cloud.found.lease)
    assert dr(cloud, "failover", "--yes").exit_code == 0
    assert clock.at == 35.0
    assert (cloud.table.read().holder, cloud.table.read().expires_at_ms) == (WEST, NOW + 30_000)


def test_a_lease_that_ends_tomorrow_and_is_still_written_is_not_taken(cloud, monkeypatch):
    far = east_is_lost(expires_at_ms=NOW + 86_400_000)
    renewed = replace(far.lease, expires_at_ms=NOW + 86_410_000)
    cloud.found = far
    put(cloud, far.lease)
    monkeypatch.setattr(operations, "pause", lambda *_, **__: put(cloud, renewed))
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


def test_a_takeover_whose_end_is_not_seen_is_unknown(cloud, clock):
    takeover = Takeover.planned(LEASE, HANDOVER)
    assert operations.await_result(cloud, takeover) is Outcome.UNKNOWN
    assert clock.at == 1805  # an execution ends after 1800


def test_half_an_hour_is_one_however_slow_the_answers_are(cloud, clock, monkeypatch):
    def slow(_, takeover):
        clock.at += 3.0
        return TakeoverFact.UNKNOWN

    monkeypatch.setattr(FakeTakeovers, "status", slow)
    assert operations.await_result(cloud, Takeover.planned(LEASE, HANDOVER)) is Outcome.UNKNOWN
    assert 1805 <= clock.at < 1809


def test_a_move_may_last_as_long_as_its_execution(cloud, clock, monkeypatch):
    """The deadline of a look (30 s) ends no switchover whose promotion takes 13 minutes."""
    known = FakeTakeovers.status

    def status(takeovers, takeover):
        found = known(takeovers, takeover)
        return TakeoverFact.RUNNING if found is TakeoverFact.SUCCEEDED and clock.at < 780 else found

    monkeypatch.setattr(FakeTakeovers, "status", status)
    deadline.set(LOOK_S)
    done = dr(cloud, "switchover", "--yes")
    assert (done.exit_code, clock.at) == (0, 780)


# a dry run, and machines


def test_a_dry_run_says_what_it_would_wait_for_and_does_not_wait(cloud, clock):
    cloud.found = east_is_lost(expires_at_ms=NOW + 10_000)
    put(cloud, cloud.found.lease)
    shown = dr(cloud, "failover", "--dry-run")
    told = json.loads(shown.stdout)
    assert (shown.exit_code, clock.at, cloud.executions) == (0, 0, {})
    assert (told["would_wait_s"], told["outcome"], told["target"]) == (13.0, "done", WEST)
    assert "would wait 13 s for the lease of the lost holder" in shown.stderr
    assert "P28" not in [found["code"] for found in told["findings"]]


def test_a_failover_waits_for_the_term_and_then_takes_it(cloud, clock, monkeypatch):
    cloud.found = east_is_lost(expires_at_ms=NOW + 10_000)
    put(cloud, cloud.found.lease)
    waited = {
        "inspections": {EAST: None, WEST: replace(cloud.found.inspections[WEST], clock_ms=NOW + 13_000)}
    }
    pause = operations.pause

    def pause_and_see(seconds, **named):
        pause(seconds, **named)
        cloud.found = replace(cloud.found, **waited)

    monkeypatch.setattr(operations, "pause", pause_and_see)
    assert dr(cloud, "failover", "--yes").exit_code == 0
    assert (clock.at >= 13, cloud.table.read().holder) == (True, WEST)


def test_a_refusal_says_why_something_is_not_known(cloud):
    cloud.found = replace(HEALTHY, aurora=None, unknown=("us-east-1: access denied",))
    shown = dr(cloud, "switchover", "--yes")
    assert "unknown: us-east-1: access denied" in shown.stderr
    assert shown.exception.content["unknown"] == ["us-east-1: access denied"]


def test_a_lease_that_cannot_be_read_is_not_said_to_be_absent(cloud, monkeypatch):
    unread = replace(HEALTHY.topology, lease=None, lease_read_in=None, unread={EAST: "no answer in time"})
    monkeypatch.setattr(cloud, "topology", lambda: unread)
    assert "cannot be read (us-east-1: the lease: no answer in time)" in refusal(dr(cloud, "pause"))


def test_machines_read_how_a_move_and_an_abort_ended(cloud):
    moved = json.loads(dr(cloud, "switchover", "--yes", "--json").stdout)
    assert (moved["schema"], moved["outcome"], moved["exit_code"]) == ("dr/switchover/1", "done", 0)
    put(cloud, DRAINING)
    told = json.loads(dr(cloud, "abort", "--json").stdout)
    assert (told["schema"], told["holder"], told["state"]) == ("dr/abort/1", EAST, "ACTIVE")
