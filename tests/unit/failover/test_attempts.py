"""Which execution a person starts when one before it failed."""

from dataclasses import replace

import pytest

from failover.lease import Handover, Kind
from failover.takeover import MOST_ATTEMPTS, Takeover, TakeoverNotStarted, Takeovers

from .faults import refusal
from .scene import LEASE, WEST
from .states import SILENCE, KnownMachine, StepFunctions

PLANNED = Takeover.planned(LEASE, Handover(to=WEST, kind=Kind.SWITCHOVER, attempt=1))


class Tried(StepFunctions):
    """Knows the executions that exist, by name."""

    def __init__(self, **executions: object) -> None:
        super().__init__()
        self.executions = {name.replace("_", "-"): status for name, status in executions.items()}

    def describe_execution(self, **request: str) -> dict[str, object]:
        status = self.executions.get(request["executionArn"].rpartition(":")[2])
        self.answer = status or refusal("ExecutionDoesNotExist")
        return self._reply(request)


def test_the_first_attempt_has_the_number_one():
    assert Takeovers(Tried(), KnownMachine()).untried(replace(PLANNED, attempt=7)) == PLANNED


def test_another_attempt_gets_the_first_name_that_is_free():
    tried = Tried(payments_8_switchover="FAILED", payments_8_switchover_2="ABORTED")
    assert Takeovers(tried, KnownMachine()).untried(PLANNED) == replace(PLANNED, attempt=3)


@pytest.mark.parametrize(("status", "message"), [("RUNNING", "is running"), (SILENCE, "does not answer")])
def test_no_second_attempt_beside_one_that_may_run(status, message):
    with pytest.raises(TakeoverNotStarted, match=message):
        Takeovers(Tried(payments_8_switchover=status), KnownMachine()).untried(PLANNED)


def test_attempts_end():
    machine = StepFunctions("FAILED")
    with pytest.raises(TakeoverNotStarted, match=f"{MOST_ATTEMPTS} times"):
        Takeovers(machine, KnownMachine()).untried(PLANNED)
    tried = [call["executionArn"].rpartition(":")[2] for call in machine.calls]
    assert (len(tried), tried[0], tried[-1]) == (50, "payments-8-switchover", "payments-8-switchover-50")
