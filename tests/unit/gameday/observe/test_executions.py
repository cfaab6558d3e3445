"""Execution histories in the shapes of AWS, read into steps."""

import json
from datetime import UTC, datetime

import pytest
from botocore.stub import Stubber

from gameday.errors import ObservationFailed
from gameday.observe.executions import failed_steps, loss_found, steps_since
from tests.unit import emulated

MACHINE, EXECUTION = "arn:aws:states:us-west-2:0:stateMachine:m", "arn:aws:states:us-west-2:0:execution:m:p-2"
AT = datetime.fromtimestamp(1000.0, UTC)


def event(number: int, kind: str, **details) -> dict:
    return {"id": number, "timestamp": AT, "type": kind, **details}


def entered(number: int, state: str) -> dict:
    return event(number, "TaskStateEntered", stateEnteredEventDetails={"name": state})


def failed(number: int, error: str) -> dict:
    details = {"error": error, "resource": "invoke", "resourceType": "lambda"}
    return event(number, "TaskFailed", taskFailedEventDetails=details)


def succeeded(number: int, facts: object) -> dict:
    details = {"output": json.dumps({"Payload": facts}), "resource": "invoke", "resourceType": "lambda"}
    return event(number, "TaskSucceeded", taskSucceededEventDetails=details)


HISTORY = [
    event(1, "ExecutionStarted"),
    entered(2, "Guard"),
    failed(3, "Runtime.ExitError"),
    failed(4, "NotYet"),
    succeeded(5, {"rule": "L20_journal_complete", "figures": {"requests": 12}}),
    entered(6, "Promote"),
    succeeded(7, None),
    entered(8, "Fence"),
    failed(9, "NotYet"),
    event(10, "ExecutionFailed"),
]


@pytest.fixture
def client():
    client = emulated.client("stepfunctions", "us-west-2")
    with Stubber(client) as stub:
        client.stub = stub
        yield client


def listed(client, *executions: tuple[str, float]) -> None:
    machine = {"stateMachineArn": MACHINE, "name": "m", "type": "STANDARD", "creationDate": AT}
    client.stub.add_response("list_state_machines", {"stateMachines": [machine]})
    found = [
        {
            "executionArn": EXECUTION,
            "stateMachineArn": MACHINE,
            "name": name,
            "status": "FAILED",
            "startDate": datetime.fromtimestamp(at, UTC),
        }
        for name, at in executions
    ]
    client.stub.add_response("list_executions", {"executions": found})


def test_each_step_tells_how_it_failed_and_what_it_reported(client):
    listed(client, ("p-1", 999.0), ("p-2", 1000.0))
    client.stub.add_response("get_execution_history", {"events": HISTORY[:5], "nextToken": "more"})
    client.stub.add_response("get_execution_history", {"events": HISTORY[5:]})
    steps = steps_since(client, 1000.0)
    assert [(one.execution, one.state, dict(one.facts), one.errors) for one in steps] == [
        (
            "p-2",
            "Guard",
            {"rule": "L20_journal_complete", "figures": {"requests": 12}},
            ("Runtime.ExitError", "NotYet"),
        ),
        ("p-2", "Promote", {}, ()),
        ("p-2", "Fence", {}, ("NotYet",)),
    ]
    assert (failed_steps(steps), loss_found(steps)) == (1, "L20_journal_complete")


def test_without_a_takeover_nothing_is_found(client):
    listed(client, ("p-1", 999.0))
    steps = steps_since(client, 1000.0)
    assert (steps, failed_steps(steps), loss_found(steps)) == ([], 0, None)


def test_a_state_machine_that_does_not_answer_is_a_failed_observation(client):
    client.stub.add_client_error("list_state_machines", "AccessDeniedException")
    with pytest.raises(ObservationFailed, match="does not tell"):
        steps_since(client, 1000.0)
