"""The takeover in Amazon States Language: pure values, no construct. One machine for every kind."""

from collections.abc import Callable
from typing import Any

from lib.settings.timing import Limits

HELD = "Held"
"""Where a takeover ends that could not go on. Its lease stays as it is, so nobody acknowledges.

The functions raise an error of the same name where running the step again cannot help.
"""
ABORTED = "Aborted"
"""Where a planned takeover ends that was undone: the old region serves again, and nothing was lost."""
NOT_APPROVED = "NotApproved"
"""Where a takeover ends whose loss nobody approved in time."""
DONE = "TakenOver"
PLANNED = ("switchover", "failback")
AFTER_WRITER = {
    "Fence": "fence",
    "Reconcile": "reconcile",
    "Activate": "activate",
    "CatchUp": "reconcile",
    "Verify": "verify",
    "Record": "record",
}
STEP_LIMIT_S = 70
"""A little more than the timeout of the function behind every step."""
APPROVAL_PAUSE_S = 5
ACCEPT_RETRY_S = 10
"""Accepting early must not make the takeover late: if it fails, the promotion begins all the same."""
FIRST_PAUSE_S, PAUSES_GROW, LONGEST_PAUSE_S = 1, 1.5, 5
"""Between two tries of a step."""

State = dict[str, Any]


def takeover(function_arn: str, limits: Limits) -> State:
    """The definition: the steps of one function in order, each tried again and waited for within *limits*.

    A planned takeover drains and settles before the writer moves, and gets the lease after it; until then
    a failure is undone. Any other has the lease from the beginning, and a failure holds it. A switchover
    loses no row, so a planned takeover looks for payments that were only accepted after it serves again.
    """

    def step(name: str, *, then: str, failed: str = "MayUndo") -> State:
        return _step(function_arn, name, then=then, failed=failed, retry_s=limits.retry_s)

    def planned(name: str, *, then: str, failed: str = "MayUndo") -> State:
        return _step(function_arn, name, then=then, failed=failed, retry_s=limits.planned_retry_s)

    gates = {"Fence": "MayHaveLost", "Activate": "MayLackAccepted"}
    states: dict[str, State] = {
        "IsPlanned": _if_planned("GuardPlanned", otherwise="Guard"),
        "Guard": step("guard", then="StartApproval"),
        **_wait(
            "Approval",
            step("approve", then="IsApproval"),
            waits=limits.approval_s // APPROVAL_PAUSE_S,
            then="Accept",
            pause_s=APPROVAL_PAUSE_S,
            given_up=NOT_APPROVED,
        ),
        "Accept": _step(function_arn, "accept", then="Promote", failed="Promote", retry_s=ACCEPT_RETRY_S),
        "Promote": step("promote", then="StartWriter"),
        "GuardPlanned": planned("guard", then="Warm"),
        "Warm": planned("warm", then="Drain"),
        "Drain": planned("drain", then="StartSettled"),
        **_wait("Settled", planned("settle", then="IsSettled"), waits=limits.settle_waits, then="Switch"),
        "Switch": planned("promote", then="StartWriter"),
        **_wait(
            "Writer",
            step("wait_writer", then="IsWriter"),
            waits=limits.writer_s,
            then="IsLeaseElsewhere",
        ),
        "IsLeaseElsewhere": _if_planned("HandOver", otherwise="Fence"),
        "HandOver": step("hand_over", then="Fence"),
        **_in_a_row(step, AFTER_WRITER, then=DONE, gates=gates),
        "MayHaveLost": _if_planned("Activate", otherwise="Reconcile"),
        "MayLackAccepted": _if_planned("CatchUp", otherwise="Verify"),
        "MayUndo": _if_planned("Undo", otherwise=HELD),
        "Undo": planned("undo", then=ABORTED, failed=HELD),
        DONE: {"Type": "Succeed"},
        ABORTED: _failure(ABORTED, "the takeover could not be completed; the old region serves again"),
        NOT_APPROVED: _failure(
            NOT_APPROVED, "two people must approve what may be lost: type dr approve, then dr retry"
        ),
        HELD: _failure(HELD, "a step could not be completed; the failed task before this state says why"),
    }
    return {
        "Comment": "Make this region serve",
        "StartAt": "IsPlanned",
        "TimeoutSeconds": limits.transition_s,
        "States": states,
    }


def _if_planned(planned: str, *, otherwise: str) -> State:
    choices = [{"Variable": "$.kind", "StringEquals": kind, "Next": planned} for kind in PLANNED]
    return {"Type": "Choice", "Choices": choices, "Default": otherwise}


def _failure(name: str, cause: str) -> State:
    return {"Type": "Fail", "Error": name, "Cause": cause}


def _in_a_row(
    step: Callable[..., State], steps: dict[str, str], *, then: str, gates: dict[str, str]
) -> dict[str, State]:
    """The steps one after the other; *gates* names the choice that follows a step instead of the next."""
    following = [*list(steps)[1:], then]
    return {
        name: step(does, then=gates.get(name, after), failed=HELD)
        for (name, does), after in zip(steps.items(), following, strict=True)
    }


def _wait(
    what: str, ask: State, *, waits: int, then: str, pause_s: int = 1, given_up: str = "MayUndo"
) -> dict[str, State]:
    """Ask, pause, count, ask again: {"waited": {"count": number}, "answer": {"done": boolean}}."""
    return {
        f"Start{what}": {
            "Type": "Pass",
            "Result": {"count": 0},
            "ResultPath": "$.waited",
            "Next": f"Await{what}",
        },
        f"Await{what}": {**ask, "ResultSelector": {"done.$": "$.Payload.done"}, "ResultPath": "$.answer"},
        f"Is{what}": {
            "Type": "Choice",
            "Choices": [
                {"Variable": "$.answer.done", "BooleanEquals": True, "Next": then},
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


def _step(function_arn: str, step: str, *, then: str, failed: str, retry_s: int) -> State:
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
