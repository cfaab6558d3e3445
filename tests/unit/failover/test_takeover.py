import json
from dataclasses import replace

import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError

from failover.decision import TakeoverFact
from failover.lease import Kind
from failover.takeover import Takeover, TakeoverNotStarted, Takeovers
from runtime.parameters import ParameterUnavailable

from .conftest import EAST, LEASE, WEST

TAKEOVER = Takeover.of(replace(LEASE, holder=WEST, previous_holder=EAST))
MACHINE = "arn:aws:states:us-west-2:123456789012:stateMachine:payments-failover-dev"
EXECUTION = "arn:aws:states:us-west-2:123456789012:execution:payments-failover-dev:payments-7"


class KnownMachine:
    def get(self, name: str) -> str:
        assert name == "failover/state-machine"
        return MACHINE


class NoParameters:
    def get(self, name: str) -> str:
        raise ParameterUnavailable(name)


class StepFunctions:
    """Answers with a status, or raises."""

    def __init__(self, answer: object = None) -> None:
        self.answer = answer
        self.calls: list[dict[str, str]] = []

    def _reply(self, request: dict[str, str]) -> dict[str, object]:
        self.calls.append(request)
        if isinstance(self.answer, Exception):
            raise self.answer
        return {"status": self.answer}

    def start_execution(self, **request: str) -> dict[str, object]:
        return self._reply(request)

    def describe_execution(self, **request: str) -> dict[str, object]:
        return self._reply(request)


def error(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": ""}}, "Operation")


SILENCE = ConnectTimeoutError(endpoint_url="https://states")


def test_the_execution_is_named_after_the_epoch_and_fed_from_the_lease():
    machine = StepFunctions()
    Takeovers(machine, KnownMachine()).start(TAKEOVER)
    [call] = machine.calls
    assert (call["stateMachineArn"], call["name"]) == (MACHINE, "payments-7")
    assert json.loads(call["input"]) == {
        "system": "payments",
        "epoch": 7,
        "region": WEST,
        "kind": "failover",
        "from": EAST,
    }


def test_renewals_and_activation_do_not_change_the_input():
    later = replace(LEASE, holder=WEST, previous_holder=EAST, expires_at_ms=0, changed_at_ms=0)
    assert Takeover.of(later) == TAKEOVER


def test_the_payload_survives_the_state_machine():
    sent = json.loads(json.dumps(TAKEOVER.payload()))
    assert Takeover.from_payload(sent) == TAKEOVER


def test_the_first_lease_bootstraps():
    assert Takeover.of(replace(LEASE, previous_holder=None)).kind is Kind.BOOTSTRAP


def test_an_execution_that_exists_is_as_good_as_started():
    Takeovers(StepFunctions(error("ExecutionAlreadyExists")), KnownMachine()).start(TAKEOVER)


@pytest.mark.parametrize("answer", [error("ThrottlingException"), SILENCE])
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
        (error("ExecutionDoesNotExist"), TakeoverFact.ABSENT),
        (error("ThrottlingException"), TakeoverFact.UNKNOWN),
        (SILENCE, TakeoverFact.UNKNOWN),
    ],
)
def test_how_far_the_takeover_is(answer, fact):
    machine = StepFunctions(answer)
    assert Takeovers(machine, KnownMachine()).status(TAKEOVER) is fact
    assert machine.calls == [{"executionArn": EXECUTION}]


def test_without_parameters_the_takeover_is_unknown():
    assert Takeovers(StepFunctions(), NoParameters()).status(TAKEOVER) is TakeoverFact.UNKNOWN
