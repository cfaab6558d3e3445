"""The takeover in Amazon States Language: pure values, no construct."""

from typing import Any

HELD = "Held"
"""Where a takeover ends that could not go on. Its lease stays in TAKING, so nobody acknowledges.

The functions raise an error of the same name where running the step again cannot help.
"""
DONE = "TakenOver"
BEFORE_WRITER = {"Guard": "guard", "Promote": "promote"}
AFTER_WRITER = {
    "Fence": "fence",
    "Reconcile": "reconcile",
    "Publish": "publish",
    "Activate": "activate",
    "Verify": "verify",
    "Record": "record",
}
STEP_LIMIT_S = 70
"""A little more than the timeout of the function behind every step."""
RETRIES = [
    {"ErrorEquals": [HELD], "MaxAttempts": 0},
    {
        "ErrorEquals": ["States.ALL"],
        "IntervalSeconds": 1,
        "BackoffRate": 1.5,
        "MaxDelaySeconds": 5,
        "MaxAttempts": 30,
    },
]
"""Every step may run any number of times, so whatever is not a verdict is tried again for minutes."""

State = dict[str, Any]


def takeover(function_arn: str, *, waits: int) -> State:
    """The definition: the steps of one function in order; *waits* times one second for the writer."""
    states: dict[str, State] = {
        **_in_a_row(function_arn, BEFORE_WRITER, then="StartCount"),
        **_wait_for_writer(function_arn, waits, then="Fence"),
        **_in_a_row(function_arn, AFTER_WRITER, then=DONE),
        DONE: {"Type": "Succeed"},
        HELD: {
            "Type": "Fail",
            "Error": HELD,
            "Cause": "a step could not be completed; the failed task before this state says why",
        },
    }
    return {"Comment": "Make this region serve", "StartAt": "Guard", "States": states}


def _in_a_row(function_arn: str, steps: dict[str, str], *, then: str) -> dict[str, State]:
    following = [*list(steps)[1:], then]
    return {
        name: _step(function_arn, step, then=after)
        for (name, step), after in zip(steps.items(), following, strict=True)
    }


def _wait_for_writer(function_arn: str, waits: int, *, then: str) -> dict[str, State]:
    """Ask, pause, count, ask again. The data is {"count": number, "writer": {"done": boolean}}."""
    return {
        "StartCount": {"Type": "Pass", "Result": {"count": 0}, "Next": "AwaitWriter"},
        "AwaitWriter": {
            **_step(function_arn, "wait_writer", then="IsWriter"),
            "ResultSelector": {"done.$": "$.Payload.done"},
            "ResultPath": "$.writer",
        },
        "IsWriter": {
            "Type": "Choice",
            "Choices": [
                {"Variable": "$.writer.done", "BooleanEquals": True, "Next": then},
                {"Variable": "$.count", "NumericGreaterThanEquals": waits, "Next": HELD},
            ],
            "Default": "Pause",
        },
        "Pause": {"Type": "Wait", "Seconds": 1, "Next": "Count"},
        "Count": {
            "Type": "Pass",
            "Parameters": {"count.$": "States.MathAdd($.count, 1)"},
            "Next": "AwaitWriter",
        },
    }


def _step(function_arn: str, step: str, *, then: str) -> State:
    return {
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke",
        "Parameters": {
            "FunctionName": function_arn,
            "Payload": {"step": step, "takeover.$": "$$.Execution.Input"},
        },
        "ResultPath": None,
        "TimeoutSeconds": STEP_LIMIT_S,
        "Retry": RETRIES,
        "Catch": [{"ErrorEquals": ["States.ALL"], "ResultPath": "$.error", "Next": HELD}],
        "Next": then,
    }
