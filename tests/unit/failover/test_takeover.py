import json
from dataclasses import replace

import pytest

from failover.lease import Handover, Kind, Lease, LeaseState
from failover.observation import TakeoverFact
from failover.takeover import Phase, Takeover, TakeoverNotStarted, Takeovers

from .faults import refusal
from .scene import EAST, LEASE, NOW, WEST
from .states import EXECUTION, MACHINE, SILENCE, KnownMachine, NoParameters, StepFunctions

TAKEOVER = Takeover.of(replace(LEASE, holder=WEST, previous_holder=EAST))


def test_the_execution_is_named_after_the_epoch_and_fed_from_the_lease():
    machine = StepFunctions()
    Takeovers(machine, KnownMachine()).start(TAKEOVER)
    [call] = machine.calls
    assert (call["stateMachineArn"], call["name"]) == (MACHINE, "payments-7")
    assert call["input"] == (
        '{"attempt": 1, "epoch": 7, "from": "us-east-1", "kind": "failover", '
        '"region": "us-west-2", "system": "payments"}'
    )


def test_renewals_and_activation_do_not_change_the_input():
    later = replace(LEASE, holder=WEST, previous_holder=EAST, expires_at_ms=0, changed_at_ms=0)
    assert Takeover.of(later) == TAKEOVER


def test_the_payload_survives_the_state_machine():
    again = replace(TAKEOVER, attempt=3)
    sent = json.loads(json.dumps(again.payload()))
    assert Takeover.from_payload(sent) == again


def test_the_first_lease_bootstraps():
    assert Takeover.of(replace(LEASE, previous_holder=None)).kind is Kind.BOOTSTRAP


def test_an_execution_that_exists_is_as_good_as_started():
    Takeovers(StepFunctions(refusal("ExecutionAlreadyExists")), KnownMachine()).start(TAKEOVER)


@pytest.mark.parametrize("answer", [refusal("ThrottlingException"), SILENCE])
def test_a_start_that_is_not_confirmed_is_told(answer):
    with pytest.raises(TakeoverNotStarted, match="payments-7"):
        Takeovers(StepFunctions(answer), KnownMachine()).start(TAKEOVER)


def test_a_start_without_parameters_is_told():
    with pytest.raises(TakeoverNotStarted, match="failover/state-machine"):
        Takeovers(StepFunctions(), NoParameters()).start(TAKEOVER)


@pytest.mark.parametrize(
    ("answer", "fact"),
    [
        ("RUNNING", TakeoverFact.RUNNING),
        ("PENDING_REDRIVE", TakeoverFact.RUNNING),
        ("SUCCEEDED", TakeoverFact.SUCCEEDED),
        ("FAILED", TakeoverFact.FAILED),
        ("TIMED_OUT", TakeoverFact.FAILED),
        ("ABORTED", TakeoverFact.FAILED),
        (refusal("ExecutionDoesNotExist"), TakeoverFact.ABSENT),
        (refusal("ThrottlingException"), TakeoverFact.UNKNOWN),
        (SILENCE, TakeoverFact.UNKNOWN),
    ],
)
def test_how_far_the_takeover_is(answer, fact):
    machine = StepFunctions(answer)
    assert Takeovers(machine, KnownMachine()).status(TAKEOVER) is fact
    assert machine.calls == [{"executionArn": EXECUTION}]


def test_without_parameters_the_takeover_is_unknown():
    assert Takeovers(StepFunctions(), NoParameters()).status(TAKEOVER) is TakeoverFact.UNKNOWN


HANDOVER = Handover(to=WEST, kind=Kind.SWITCHOVER, attempt=1)
DRAINING = LEASE.draining(HANDOVER, now_ms=NOW)
PLANNED = Takeover.planned(LEASE, HANDOVER)


def test_a_planned_takeover_is_the_same_before_and_after_the_handover():
    assert Takeover.of(DRAINING) == PLANNED
    assert Takeover.of(DRAINING.handed_over(HANDOVER, now_ms=NOW)) == PLANNED
    assert (PLANNED.epoch, PLANNED.region, PLANNED.previous) == (8, WEST, EAST)
    assert PLANNED.handover == HANDOVER


@pytest.mark.parametrize(
    ("kind", "attempt", "name"),
    [
        (Kind.FAILOVER, 1, "payments-8"),
        (Kind.FAILOVER, 2, "payments-8-2"),
        (Kind.SWITCHOVER, 1, "payments-8-switchover"),
        (Kind.FAILBACK, 3, "payments-8-failback-3"),
    ],
)
def test_no_two_kinds_or_attempts_share_a_name(kind, attempt, name):
    assert replace(PLANNED, kind=kind, attempt=attempt).name == name


@pytest.mark.parametrize(
    ("lease", "phase"),
    [
        (None, Phase.OVER),
        (LEASE, Phase.ASKED),
        (DRAINING, Phase.DRAINING),
        (DRAINING.handed_over(HANDOVER, now_ms=NOW), Phase.HERE),
        (replace(DRAINING.handed_over(HANDOVER, now_ms=NOW), state=LeaseState.ACTIVE), Phase.HERE),
        (DRAINING.staying(now_ms=NOW), Phase.ASKED),
        (replace(LEASE, state=LeaseState.TAKING), Phase.OVER),
        (replace(LEASE, epoch=8), Phase.OVER),
        (replace(LEASE, holder=WEST), Phase.OVER),
        (LEASE.draining(replace(HANDOVER, attempt=2), now_ms=NOW), Phase.OVER),
        (LEASE.draining(replace(HANDOVER, to=EAST), now_ms=NOW), Phase.OVER),
        (LEASE.taken_over(by=WEST, now_ms=NOW, ttl_ms=1), Phase.OVER),
    ],
)
def test_where_a_lease_stands_for_a_planned_takeover(lease: Lease | None, phase: Phase):
    assert PLANNED.phase(lease) is phase


def test_a_forced_takeover_never_begins_from_a_lease_that_serves_elsewhere():
    forced = replace(PLANNED, kind=Kind.FAILOVER)
    assert forced.phase(LEASE) is Phase.OVER
    assert (
        forced.phase(replace(LEASE, epoch=8, holder=WEST, previous_holder=EAST, state=LeaseState.DRAINING))
        is Phase.OVER
    )
