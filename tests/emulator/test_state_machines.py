import json
import time

import pytest
from botocore.exceptions import ClientError

from tests.emulator.deployed import function, role
from tests.emulator.emulator_process import HOME, eventually


def task(do, **more):
    payload = {"FunctionName": "worker", "Payload": {"do": do}}
    return {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Parameters": payload, **more}


class Machines:
    """Starts state machines and looks at what became of them."""

    def __init__(self, emulator):
        self.role = role(emulator)
        self.api = emulator.client("stepfunctions")
        function(emulator, self.role)

    def create(self, name, states, **more):
        definition = json.dumps({"StartAt": next(iter(states)), "States": states})
        made = self.api.create_state_machine(name=name, definition=definition, roleArn=self.role, **more)
        return made["stateMachineArn"]

    def start(self, machine, order="{}"):
        return self.api.start_execution(stateMachineArn=machine, name="one", input=order)

    def status(self, execution):
        return self.api.describe_execution(executionArn=execution["executionArn"])["status"]

    def outcome(self, execution):
        """Status at the end and the names of the states it went through."""
        eventually(lambda: self.status(execution) != "RUNNING")
        history = self.api.get_execution_history(executionArn=execution["executionArn"])["events"]
        entered = [event.get("stateEnteredEventDetails") for event in history]
        return self.status(execution), [details["name"] for details in entered if details]

    def tracing(self, machine):
        return self.api.describe_state_machine(stateMachineArn=machine)["tracingConfiguration"]


@pytest.fixture(scope="module")
def machines(emulator):
    return Machines(emulator)


def test_a_typed_catch_gets_its_error_after_the_typed_retries(machines):
    retry = {"ErrorEquals": ["StaleEpoch"], "IntervalSeconds": 1, "MaxAttempts": 1, "BackoffRate": 1}
    catch = {"ErrorEquals": ["StaleEpoch"], "Next": "Caught"}
    states = {
        "Fail": task("fail", Retry=[retry], Catch=[catch], Next="Missed"),
        "Missed": {"Type": "Fail"},
        "Caught": {"Type": "Succeed"},
    }
    execution = machines.start(machines.create("typed", states))
    assert machines.outcome(execution) == ("SUCCEEDED", ["Fail", "Caught"])


def test_a_choice_sees_what_the_function_returned(machines):
    choice = {"Variable": "$.Payload.region", "StringEquals": HOME, "Next": "Wait"}
    states = {
        "Ask": task("nap", Next="Decide"),
        "Decide": {"Type": "Choice", "Choices": [choice], "Default": "Missed"},
        "Wait": {"Type": "Wait", "Seconds": 1, "Next": "Done"},
        "Missed": {"Type": "Fail"},
        "Done": {"Type": "Succeed"},
    }
    execution = machines.start(machines.create("choice", states))
    assert machines.outcome(execution) == ("SUCCEEDED", ["Ask", "Decide", "Wait", "Done"])


def test_a_running_execution_can_be_started_again_with_the_same_input_only(machines):
    machine = machines.create("again", {"Wait": {"Type": "Wait", "Seconds": 3, "End": True}})
    first, again = (machines.start(machine, '{"epoch": 1}') for _ in range(2))
    assert (again["executionArn"], again["startDate"]) == (first["executionArn"], first["startDate"])
    with pytest.raises(ClientError, match="ExecutionAlreadyExists"):
        machines.start(machine, '{"epoch": 2}')


def test_an_execution_stands_still_while_its_region_is_dead_and_goes_on_after(emulator, machines):
    forgiving = {"ErrorEquals": ["States.ALL"], "IntervalSeconds": 1, "MaxAttempts": 1}
    states = {
        "Begin": {"Type": "Wait", "Seconds": 1, "Next": "Work"},
        "Work": task("nap", Retry=[forgiving], Next="Done"),
        "Done": {"Type": "Succeed"},
    }
    execution = machines.start(machines.create("survivor", states))
    emulator.kill(HOME)
    time.sleep(4)
    emulator.revive(HOME)
    assert machines.status(execution) == "RUNNING"
    assert machines.outcome(execution) == ("SUCCEEDED", ["Begin", "Work", "Done"])


def test_tracing_is_remembered(machines):
    traced = {"tracingConfiguration": {"enabled": True}}
    machine = machines.create("traced", {"Done": {"Type": "Succeed"}}, **traced)
    assert machines.tracing(machine) == {"enabled": True}
    machines.api.update_state_machine(stateMachineArn=machine, tracingConfiguration={"enabled": False})
    assert machines.tracing(machine) == {"enabled": False}
