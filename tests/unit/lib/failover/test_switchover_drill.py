"""P16: the document moves payments there and home again, and home again when something is wrong."""

import json

import pytest

from failover.lease import Handover, Kind, Lease
from failover.takeover import Takeover
from lib.failover import drill_script
from localcloud.runbook import Run, StepFailed
from tests.unit.lib.failover.drill_world import EAST, SYSTEM, WEST, World

CONFIRM = {"Confirm": "payments-drill-test"}
EVENTS = {
    "system": SYSTEM,
    "here": WEST,
    "target": WEST,
    "table": "lease",
    "global_cluster": "ledger",
    "machine": f"arn:aws:states:{WEST}:1:stateMachine:failover",
    "most_replayed": "0",
}


@pytest.fixture
def world(monkeypatch):
    world = World()
    monkeypatch.setattr(drill_script.boto3, "client", world.client)
    monkeypatch.setattr(drill_script.time, "sleep", world.slept.append)
    return world


@pytest.fixture
def document(stacks):
    (content,) = [
        d["content"] for d in stacks["world"].all("aws_ssm_document") if d["provider"] == "aws.usw2"
    ]
    return json.loads(content)


def play(world, document, **given):
    """The run and whether it succeeded."""

    def scripts(_text, handler, payload):
        try:
            return {"begin": drill_script.begin, "verify": drill_script.verify}[handler](payload, None)
        except RuntimeError as error:
            raise StepFailed(str(error)) from error

    run = Run(clients=world.client, scripts=scripts, sleep=world.slept.append)
    return run, run.play(document, {**CONFIRM, **given})


def test_P16_the_script_starts_what_an_operator_would_start(world):
    lease = Lease.first(SYSTEM, holder=EAST, now_ms=0, ttl_ms=1)
    lease = lease.taken_over(by=EAST, now_ms=0, ttl_ms=1)
    world.epoch = lease.epoch
    drill_script.begin(EVENTS, None)
    wanted = Takeover.planned(lease, Handover(to=WEST, kind=Kind.SWITCHOVER, attempt=1))
    assert world.started == [{"name": wanted.name, **wanted.payload()}]


def test_P16_a_switchover_that_was_undone_before_gets_another_name(world):
    world.used = {"payments-8-switchover", "payments-8-switchover-2"}
    drill_script.begin(EVENTS, None)
    (started,) = world.started
    assert (started["name"], started["attempt"]) == ("payments-8-switchover-3", 3)
    world.used = {f"payments-9-switchover{again}" for again in ["", *(f"-{n}" for n in range(2, 51))]}
    world.holder = EAST
    with pytest.raises(RuntimeError, match="was tried 50 times"):
        drill_script.begin(EVENTS, None)


@pytest.mark.parametrize(("holder", "state"), [(WEST, "ACTIVE"), (EAST, "DRAINING"), (EAST, "TAKING")])
def test_P16_nothing_is_begun_where_there_is_nothing_to_switch(world, holder, state):
    world.holder, world.state = holder, state
    with pytest.raises(RuntimeError, match=f"{holder} holds the lease and is {state}"):
        drill_script.begin(EVENTS, None)
    assert world.started == []


def test_P16_payments_go_there_and_come_home(world, document):
    run, succeeded = play(world, document, Dwell="PT2M")
    assert succeeded
    assert [(one["from"], one["region"], one["epoch"]) for one in world.started] == [
        (EAST, WEST, 8),
        (WEST, EAST, 9),
    ]
    assert run.trail == [step["name"] for step in document["mainSteps"]]
    assert world.slept == [120]
    assert [run.values[name] for name in document["outputs"]] == ["3", "0", "0"]


@pytest.mark.parametrize("alarm", ["ALARM", "INSUFFICIENT_DATA", "", "forbidden"])
def test_P16_nothing_moves_to_a_region_that_is_not_known_to_be_well(world, document, alarm):
    world.alarm = alarm
    run, succeeded = play(world, document)
    assert not succeeded
    assert (run.trail, world.started) == (["thisRegionIsWell"], [])


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"replayed": 2}, "replayed is False, not True; reconciliation"),
        ({"reconciled": False}, "figures is False, not True"),
    ],
)
def test_P16_payments_go_home_at_once_when_a_check_fails(world, document, wrong, says):
    for name, value in wrong.items():
        setattr(world, name, value)
    run, succeeded = play(world, document)
    assert not succeeded
    assert run.failed[0].startswith("verifyHere: ")
    assert says in run.failed[0]
    assert world.holder == EAST
    assert 300 not in world.slept


def test_P16_a_writer_that_did_not_follow_is_found(world):
    world.holder, world.writer = WEST, EAST
    with pytest.raises(RuntimeError, match=f"^writer is {EAST}, not {WEST}; reconciliation"):
        drill_script.verify({**EVENTS, "execution": "e"}, None)
    world.writer = ""
    with pytest.raises(RuntimeError, match="writer is nowhere"):
        drill_script.verify({**EVENTS, "execution": "e"}, None)


def test_P16_an_execution_that_does_not_end_is_no_success(world):
    world.holder = world.writer = WEST
    world.outcome = "RUNNING"
    with pytest.raises(RuntimeError, match="execution is RUNNING, not SUCCEEDED"):
        drill_script.verify({**EVENTS, "execution": "e"}, None)
    assert sum(world.slept) == drill_script.ENDS_WITHIN_S


def test_P16_a_switchover_that_was_undone_leaves_nothing_to_bring_home(world, document):
    world.outcome = "FAILED"
    run, succeeded = play(world, document)
    assert not succeeded
    assert run.trail[-2:] == ["goHomeOnlyFromHere", "paymentsAreHome"]
    assert len(world.started) == 1


def test_P16_a_takeover_that_is_held_here_is_left_to_a_person(world, document, monkeypatch):
    def held(order):
        world.holder, world.state, world.epoch = order["region"], "TAKING", order["epoch"]

    monkeypatch.setattr(world, "move", held)
    run, succeeded = play(world, document)
    assert not succeeded
    assert run.trail[-1] == "moveHome"
    assert "nothing to switch; see dr status" in run.failed[-1]


@pytest.mark.parametrize(
    "typed",
    [{"Confirm": "yes"}, {"Dwell": "PT60M"}, {"Dwell": "PT1H"}, {"MostReplayed": "-1"}, {"Confirm": ""}],
)
def test_P16_what_is_typed_must_match(world, document, typed):
    with pytest.raises(StepFailed, match="is not"):
        play(world, document, **typed)
    assert world.started == []


def test_a_wait_that_never_ends_fails(world, document):
    wait = {step["name"]: step for step in document["mainSteps"]}["awaitHome"]
    world.holder = WEST
    run, succeeded = Run(clients=world.client, scripts=None, sleep=world.slept.append), None
    succeeded = run.play({"parameters": {}, "mainSteps": [wait]}, {})
    assert (succeeded, run.failed) == (False, [f"awaitHome: $.Item.holder.S was never one of ['{EAST}']"])
