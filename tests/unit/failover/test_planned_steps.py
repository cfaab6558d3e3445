"""The steps of a switchover."""

from contextlib import nullcontext
from dataclasses import replace
from types import SimpleNamespace

import pytest
from botocore.exceptions import ReadTimeoutError

from durable.errors import JournalUnavailable
from durable.journal_gap import OVERDUE_MS
from durable.lease_view import MAX_AGE_MS
from failover.lease import Kind, LeaseState
from failover.lease_table import LeaseLost, LeaseUnknown
from failover.steps import STEPS, perform
from failover.steps.context import StepContext
from failover.steps.drain import QUIET_S
from failover.steps.errors import Held, NotYet
from failover.steps.settle import LOOKS, PAUSE_S

from .faults import fails, refusal
from .scene import EAST, LEASE, NOW, WEST
from .switchover import DRAINING, HANDOVER, HERE, ORDER, TAKEOVER, Well, switch_over
from .west import OWN_CLUSTER

DONE = (8, WEST, LeaseState.ACTIVE, Kind.SWITCHOVER, 8, {"key-1", "key-2", "key-3"})


@pytest.fixture
def west() -> Well:
    return Well()


def outcome(context: StepContext, west: Well) -> tuple[object, ...]:
    lease = context.leases.read()
    return lease.epoch, lease.holder, lease.state, lease.kind, west.fence, set(west.rows)


def test_a_switchover_from_beginning_to_end(context, west):
    facts = switch_over(context, west)
    assert outcome(context, west) == DONE
    assert facts["drain"] == {"state": "DRAINING", "changed_at_ms": NOW}
    assert facts["settle"] == {"done": True, "missing": 0}
    assert facts["hand_over"] == {"epoch": 8, "holder": WEST, "state": "TAKING"}
    assert context.leases.read().automation is LEASE.automation


def test_a_drain_outlasts_what_requests_remember_of_the_lease_and_then_costs_nothing_more(context, west, put):
    perform("drain", TAKEOVER, context)
    assert west.paused == [QUIET_S]
    assert MAX_AGE_MS < QUIET_S * 1000 < 2 * MAX_AGE_MS
    perform("drain", TAKEOVER, context)
    assert west.paused == [QUIET_S, QUIET_S], "a run that crashed may not have waited"
    put(HERE)
    perform("drain", TAKEOVER, context)
    assert west.paused == [QUIET_S, QUIET_S]


def test_the_writer_is_asked_for_where_it_is_and_without_data_loss(context, west):
    switch_over(context, west, until="promote")
    wanted = {"GlobalClusterIdentifier": "payments", "TargetDbClusterIdentifier": OWN_CLUSTER}
    assert west.switchovers == [(EAST, wanted)]


def test_every_step_may_run_twice(context, west):
    switch_over(context, west, times=2)
    assert outcome(context, west) == DONE


@pytest.mark.parametrize("crash", ORDER)
def test_a_switchover_that_starts_again_after_a_crash_ends_the_same(context, west, crash):
    switch_over(context, west, until=crash)
    switch_over(context, west)
    assert outcome(context, west) == DONE
    assert len(west.switchovers) == 1


@pytest.mark.parametrize("step", [*ORDER, "undo"])
def test_no_step_acts_after_a_failover_in_the_same_epoch(context, put, west, step):
    forced = put(LEASE.taken_over(by=WEST, now_ms=NOW, ttl_ms=1))
    with nullcontext() if step == "undo" else pytest.raises(Held):
        perform(step, TAKEOVER, context)
    assert (context.leases.read(), west.switchovers, west.fence) == (forced, [], 7)


@pytest.mark.parametrize("step", ["settle", "promote", "wait_writer", "hand_over", "fence", "activate"])
def test_nothing_goes_on_after_the_old_region_serves_again(context, put, step):
    put(DRAINING.staying(now_ms=NOW))
    with pytest.raises(Held):
        perform(step, TAKEOVER, context)


@pytest.mark.parametrize("step", ["accept", *list(STEPS)[list(STEPS).index("fence") :]])
def test_nothing_is_written_before_the_lease_is_here(context, put, step):
    put(DRAINING)
    with pytest.raises(Held):
        perform(step, TAKEOVER, context)


# guard: nothing has stopped yet


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"alive": False}, NotYet, "the API of this region is not live"),
        (
            {"writer": True},
            Held,
            "the writer is here already, without the lease: this is not a planned switchover",
        ),
        ({"reachable": False}, NotYet, "the database is unreachable"),
        (
            {"keeper_ticks": False},
            NotYet,
            "the keeper of this region does not tick: nobody would renew the lease here",
        ),
        ({"rows": {}}, NotYet, "2 settled requests have not been replicated to this region"),
    ],
)
def test_what_would_keep_it_from_ending_is_found_before_anybody_stops(
    *, context, west, clock, change, error, message
):
    clock.now += OVERDUE_MS + 1
    for name, value in change.items():
        setattr(west, name, value)
    with pytest.raises(error, match=f"^{message}$"):
        perform("guard", TAKEOVER, context)
    assert context.leases.read() == LEASE


def test_a_replica_that_lags_for_a_moment_is_no_obstacle(context, west):
    west.rows = {}
    perform("guard", TAKEOVER, context)


def test_once_it_drains_the_guard_asks_for_no_more_than_the_journal(context, west, put):
    put(DRAINING)
    west.alive, west.reachable = False, False
    perform("guard", TAKEOVER, context)
    west.entries = fails(JournalUnavailable("journal"))
    with pytest.raises(NotYet, match="journal"):
        perform("guard", TAKEOVER, context)


# drain, settle, promote, hand_over


@pytest.mark.parametrize("state", [LeaseState.TAKING, LeaseState.DRAINING])
def test_only_a_lease_that_serves_is_drained(context, put, state):
    put(replace(LEASE, state=state, handover=replace(HANDOVER, attempt=2) if state == "DRAINING" else None))
    with pytest.raises(Held):
        perform("drain", TAKEOVER, context)


@pytest.mark.parametrize(
    ("step", "write", "lease"),
    [("drain", "drain", LEASE), ("hand_over", "hand_over", DRAINING), ("undo", "stay", DRAINING)],
)
@pytest.mark.parametrize(("raised", "error"), [(LeaseLost, Held), (LeaseUnknown, NotYet)])
def test_a_write_of_the_lease_that_was_not_seen_is_no_success(
    *, context, west, put, step, write, lease, raised, error
):
    put(lease)
    west.writer = step == "hand_over"
    leases = SimpleNamespace(read=context.leases.read, **{write: fails(raised("gone"))})
    with pytest.raises(error, match="gone"):
        perform(step, TAKEOVER, replace(context, leases=leases))


def test_a_payment_that_is_not_replicated_is_waited_for(context, west, put):
    put(DRAINING)
    del west.rows["key-2"]
    assert perform("settle", TAKEOVER, context) == {"done": False, "missing": 1}
    assert west.paused == [PAUSE_S] * (LOOKS - 1)
    west.rows["key-2"] = (7, EAST)
    assert perform("settle", TAKEOVER, context) == {"done": True, "missing": 0}


def test_a_payment_that_arrives_meanwhile_costs_no_whole_second(context, west, put):
    put(DRAINING)
    row = west.rows.pop("key-2")

    def arrives(_: float) -> None:
        west.rows["key-2"] = row

    facts = perform("settle", TAKEOVER, replace(context, pause=arrives))
    assert facts == {"done": True, "missing": 0}


def test_a_lease_that_is_here_has_settled(context, put):
    put(HERE)
    assert perform("settle", TAKEOVER, context) == {"done": True}


@pytest.mark.parametrize("reachable", [True, False])
def test_the_lease_follows_the_writer_and_never_leads(context, west, put, reachable):
    put(DRAINING)
    west.reachable = reachable
    with pytest.raises(NotYet, match="the database is"):
        perform("hand_over", TAKEOVER, context)
    assert context.leases.read() == DRAINING


def test_a_switchover_that_was_not_accepted_is_asked_for_again(context, west, put):
    put(DRAINING)
    for error in (refusal("AccessDenied"), ReadTimeoutError(endpoint_url="https://rds")):
        west.rds_in = fails(error)
        with pytest.raises(NotYet, match="not accepted"):
            perform("promote", TAKEOVER, replace(context, writer=replace(context.writer, rds_in=west.rds_in)))
