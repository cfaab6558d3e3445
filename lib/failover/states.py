"""States of a takeover in Amazon States Language: tasks that are tried again, waits, choices, ends. Pure."""

from typing import Any

from failover.lease import Kind

HELD = "Held"
"""Where a takeover ends that could not go on. Its lease stays as it is, so nobody acknowledges.

The functions raise an error of the same name where running the step again cannot help.
"""
ABORTED = "Aborted"
"""Where a planned takeover ends that was undone: the old region serves again, and nothing was lost."""
NOT_APPROVED = "NotApproved"
"""Where a takeover ends whose loss nobody approved in time."""
DONE = "TakenOver"
STEP_LIMIT_S = 70
"""A little more than the timeout of the function behind every step."""
FIRST_PAUSE_S, PAUSES_GROW, LONGEST_PAUSE_S = 1, 1.5, 5
"""Between two tries of a step."""

State = dict[str, Any]


def ends() -> dict[str, State]:
    """Where an execution may end."""
    causes = {
        ABORTED: "the takeover could not be completed; the old region serves again",
        NOT_APPROVED: "two people must approve what may be lost: type dr approve, then dr retry",
        HELD: "a step could not be completed; the failed task before this state says why",
    }
    failed = {name: {"Type": "Fail", "Error": name, "Cause": cause} for name, cause in causes.items()}
    return {DONE: {"Type": "Succeed"}, **failed}


def if_planned(planned: str, *, otherwise: str) -> State:
    """A choice by the kind of the takeover."""
    kinds = [kind for kind in Kind if kind.planned]
    choices = [{"Variable": "$.kind", "StringEquals": kind, "Next": planned} for kind in kinds]
    return {"Type": "Choice", "Choices": choices, "Default": otherwise}


def waiting(what: str, task: State, *, waits: int, pause_s: int, given_up: str) -> dict[str, State]:
    """Ask, pause, count, ask again: {"waited": {"count": number}, "answer": {"done": boolean}}.

    It goes on to the state that the task names next.
    """
    return {
        f"Start{what}": {
            "Type": "Pass",
            "Result": {"count": 0},
            "ResultPath": "$.waited",
            "Next": f"Await{what}",
        },
        f"Await{what}": {
            **task,
            "Next": f"Is{what}",
            "ResultSelector": {"done.$": "$.Payload.done"},
            "ResultPath": "$.answer",
        },
        f"Is{what}": {
            "Type": "Choice",
            "Choices": [
                {"Variable": "$.answer.done", "BooleanEquals": True, "Next": task["Next"]},
                {"Variable": "$.waited.count", "NumericGreaterThanEquals": waits, "Next": given_up},
            ],
            "Default": f"Pause{what}",
        },
        f"Pause{what}": {"Type": "Wait", "Seconds": pause_s, "Next": f"Count{what}"},
        f"Count{what}": {
            "Type": "Pass",
            "Parameters": {"count.$": "States.MathAdd($.waited.count, 1)"},
            "ResultPath": "$.waited",
            "Next": f"Await{what}",
        },
    }


def task(function_arn: str, step: str, *, then: str, failed: str, retry_s: int) -> State:
    """The function does this step; an error is tried again for so long, then *failed* is next."""
    return {
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke",
        "Parameters": {
            "FunctionName": function_arn,
            "Payload": {"step": step, "takeover.$": "$$.Execution.Input"},
        },
        "ResultPath": None,
        "TimeoutSeconds": STEP_LIMIT_S,
        "Retry": _retries(retry_s),
        "Catch": [{"ErrorEquals": ["States.ALL"], "ResultPath": "$.error", "Next": failed}],
        "Next": then,
    }


def _retries(within_s: int) -> list[State]:
    """A step may run any number of times: what is no verdict is tried again for *within_s* and more."""
    attempts, paused_s = 0, 0.0
    while paused_s < within_s:
        paused_s += min(FIRST_PAUSE_S * PAUSES_GROW**attempts, LONGEST_PAUSE_S)
        attempts += 1
    return [
        {"ErrorEquals": [HELD], "MaxAttempts": 0},
        {
            "ErrorEquals": ["States.ALL"],
            "IntervalSeconds": FIRST_PAUSE_S,
            "BackoffRate": PAUSES_GROW,
            "MaxDelaySeconds": LONGEST_PAUSE_S,
            "MaxAttempts": attempts,
        },
    ]
