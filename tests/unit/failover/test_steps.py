from dataclasses import replace
from types import SimpleNamespace

import pytest

from durable.entry import EntryState
from durable.errors import JournalUnavailable
from failover.lease import Kind, LeaseState
from failover.lease_table import LeaseUnknown
from failover.region_api import ApiUnavailable
from failover.steps import PLANNED_STEPS, RETIRED, STEPS, perform
from failover.steps.context import StepContext
from failover.steps.errors import Held, NotYet
from runtime.database import DatabaseUnavailable
from runtime.parameters import ParameterUnavailable

from .faults import fails
from .machine import run_all
from .scene import EAST, NOW, TTL, WEST
from .west import TAKEN, TAKEOVER, West


def outcome(context: StepContext, west: West) -> tuple[object, ...]:
    lease = context.leases.read()
    settled = {key for key, found in west.journalled.items() if found.state is EntryState.SETTLED}
    return lease.epoch, lease.holder, lease.state, west.fence, west.rows, settled


DONE = (
    8,
    WEST,
    LeaseState.ACTIVE,
    8,
    {"key-1": (7, EAST), "key-2": (8, WEST), "key-3": (8, WEST)},
    {"key-1", "key-2", "key-3"},
)


def test_a_takeover_from_beginning_to_end(context, west):
    facts = run_all(context, west)
    assert outcome(context, west) == DONE
    assert facts == {
        "guard": {"expires_in_ms": TTL},
        "approve": {
            "done": True,
            "rule": "L20_journal_complete",
            "reason": "2 requests are replayed, none is lost",
            "system": "payments",
            "epoch": 8,
            "plan": "failover",
            "region": WEST,
            "figures": {
                "journal": "complete",
                "replicated_until_ms": NOW,
                "lag_ms": 0,
                "requests": 2,
                "money": {"EUR": 10},
            },
        },
        "accept": {"accepts": True},
        "promote": {"requested": True},
        "wait_writer": {"done": True, "database": "writer"},
        "fence": {"fence": 8},
        "reconcile": {"compared": 3, "replayed": 2, "set_aside": 0},
        "activate": {"state": "ACTIVE", "changed_at_ms": NOW},
        "verify": {"status": 201, "region": WEST},
        "record": {
            "takeover": TAKEOVER.payload(),
            "active_since_ms": NOW,
            "expires_at_ms": NOW + TTL,
            "automation": "PAUSED",
            "recorded_at_ms": NOW,
            "published": True,
        },
    }


def test_every_step_may_run_twice(context, west):
    run_all(context, west, times=2)
    assert outcome(context, west) == DONE


@pytest.mark.parametrize("crash", STEPS)
def test_a_takeover_that_starts_again_after_a_crash_ends_the_same(context, west, crash):
    run_all(context, west, until=crash)
    run_all(context, west)
    assert outcome(context, west) == DONE
    assert len(west.failovers) == 1


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize(
    "change",
    [
        {"epoch": 9},
        {"epoch": 9, "holder": EAST, "previous_holder": WEST},
        {"holder": EAST},
        {"state": LeaseState.DRAINING},
        {"attempt": 2},
        {"kind": Kind.SWITCHOVER},
    ],
)
def test_no_step_acts_for_a_lease_that_moved_on(context, west, put, step, change):
    put(replace(TAKEN, **change))
    with pytest.raises(Held):
        perform(step, TAKEOVER, context)
    assert (west.failovers, west.fence, west.paid) == ([], 7, [])


def test_an_execution_that_began_before_a_deployment_may_name_steps_that_are_gone(context, west):
    assert perform("publish", TAKEOVER, context) == {"retired": True}
    assert not RETIRED & {*STEPS, *PLANNED_STEPS}


def test_no_step_runs_in_another_region(context):
    with pytest.raises(Held, match=EAST):
        perform("guard", TAKEOVER, replace(context, region=EAST))


def test_no_step_runs_without_a_lease(context, dynamodb):
    dynamodb.delete_item(TableName="lease", Key={"system": {"S": "payments"}})
    with pytest.raises(Held, match="None"):
        perform("promote", TAKEOVER, context)


def test_a_lease_that_cannot_be_read_is_asked_for_again(context):
    unreadable = SimpleNamespace(read=fails(LeaseUnknown("cut")))
    with pytest.raises(NotYet, match="cut"):
        perform("promote", TAKEOVER, replace(context, leases=unreadable))


@pytest.mark.parametrize(
    ("step", "name", "error"),
    [
        ("guard", "entries", JournalUnavailable("journal")),
        ("fence", "migrate", DatabaseUnavailable("database")),
        ("fence", "raise_fence", DatabaseUnavailable("lock timeout")),
        ("reconcile", "entries", JournalUnavailable("journal")),
        ("reconcile", "record", DatabaseUnavailable("database")),
        ("promote", "get", ParameterUnavailable("parameters")),
        ("verify", "pay", ApiUnavailable("refused")),
    ],
)
def test_a_dependency_that_does_not_answer_is_asked_again(context, west, step, name, error):
    west.writer = step != "promote"
    setattr(west, name, fails(error))
    with pytest.raises(NotYet, match=str(error)):
        perform(step, TAKEOVER, context)
