"""The healing in Amazon States Language: pure values, no construct."""

from typing import Any

State = dict[str, Any]
STEP_LIMIT_S = 70
"""A little more than the timeout of the function behind every step."""
POLL_S = 5
WRITER_WAITS = 60
"""Five minutes: Aurora needs less than one as a rule."""
SERVICE_WAITS = 60
RETRIES = {
    "ErrorEquals": ["States.ALL"],
    "IntervalSeconds": 2,
    "BackoffRate": 2,
    "MaxDelaySeconds": 20,
    "MaxAttempts": 5,
}
FAILED, EXPIRED = "NotHealed", "NotApproved"
NOT_CALLED = (
    "Lambda.AWSLambdaException",
    "Lambda.SdkClientException",
    "Lambda.ServiceException",
    "Lambda.TooManyRequestsException",
    "Lambda.Unknown",
    "Runtime.ExitError",
)
"""Errors of a function that did not end by itself.
https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html"""
EXECUTION = {"execution.$": "$$.Execution.Name"}
"""Every step is told whose step it is: its logs say so."""


def healing(function_arn: str, *, approval_s: int) -> State:
    """The definition: decide; fail over, after a person's yes where one is due; watch; tell.

    A step that keeps failing, a writer that does not move and an answer that does not come end in a call
    for people. An approval counts for *approval_s*, and for the writer that it was shown with.
    """

    def step(name: str, *, then: str, result: str | None, **payload: Any) -> State:
        return _step(function_arn, name, then=then, result=result, payload=payload)

    verdict = {"verdict.$": "$.verdict"}
    states: dict[str, State] = {
        "Decide": step("decide", then="WhatToDo", result="$.verdict", **{"input.$": "$$.Execution.Input"}),
        "WhatToDo": _choice(
            {"fail_over": "FailOver", "ask": "Ask", "watch": "StartServices"},
            variable="$.verdict.remedy",
            otherwise="TellPage",
        ),
        "Ask": _ask(function_arn, approval_s),
        "IsApproved": {
            "Type": "Choice",
            "Choices": [
                {"Variable": "$.approval.writer", "StringEqualsPath": "$.verdict.writer", "Next": "FailOver"}
            ],
            "Default": "TellOther",
        },
        "FailOver": step("fail_over", then="WasLeft", result="$.done", **verdict),
        "WasLeft": _choice({"page": "TellStale"}, variable="$.done.remedy", otherwise="StartWriter"),
        **_wait("Writer", step, then="StartServices", waits=WRITER_WAITS, payload=verdict),
        **_wait("Services", step, then="TellEnd", waits=SERVICE_WAITS, payload={}),
        "TellEnd": step("tell", then="Healed", result=None, **_about("the system is well")),
        "TellPage": step("tell", then="Healed", result=None, **_about("a person is needed")),
        "TellStale": step(
            "tell", then="Healed", result=None, subject="nothing was changed", **{"about.$": "$.done"}
        ),
        "TellOther": step(
            "tell", then="Healed", result=None, **_about("the approval was for another writer")
        ),
        "TellExpired": step("tell", then=EXPIRED, result=None, **_about("nobody approved in time")),
        "TellFailed": step(
            "tell", then=FAILED, result=None, subject="the healing failed", **{"about.$": "$"}
        ),
        "Healed": {"Type": "Succeed"},
        EXPIRED: _failure(EXPIRED, "nobody approved the failover in time; start the machine again"),
        FAILED: _failure(FAILED, "a step could not be completed; the failed task before this one says why"),
    }
    for name in ("TellFailed", "TellExpired"):
        states[name]["Catch"][0]["Next"] = FAILED
    return {
        "Comment": "Heal the database and watch the services",
        "StartAt": "Decide",
        "TimeoutSeconds": approval_s + (WRITER_WAITS + SERVICE_WAITS) * (POLL_S + STEP_LIMIT_S),
        "States": states,
    }


def _about(subject: str) -> State:
    return {"subject": subject, "about.$": "$.verdict"}


def _failure(name: str, cause: str) -> State:
    return {"Type": "Fail", "Error": name, "Cause": cause}


def _choice(ways: dict[str, str], *, variable: str, otherwise: str) -> State:
    choices = [{"Variable": variable, "StringEquals": value, "Next": to} for value, to in ways.items()]
    return {"Type": "Choice", "Choices": choices, "Default": otherwise}


def _ask(function_arn: str, approval_s: int) -> State:
    """Waits for the token to come back.

    A letter that was perhaps not sent is sent again, with a new token: the newest letter counts. Nobody is
    asked again after a no, or after no answer.
    """
    return {
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken",
        "Parameters": {
            "FunctionName": function_arn,
            "Payload": {
                "step": "ask",
                **EXECUTION,
                "verdict.$": "$.verdict",
                "token.$": "$$.Task.Token",
            },
        },
        "TimeoutSeconds": approval_s,
        "Retry": [{**RETRIES, "ErrorEquals": list(NOT_CALLED)}],
        "ResultPath": "$.approval",
        "Catch": [
            {"ErrorEquals": ["States.Timeout"], "ResultPath": "$.error", "Next": "TellExpired"},
            {"ErrorEquals": ["States.ALL"], "ResultPath": "$.error", "Next": "TellFailed"},
        ],
        "Next": "IsApproved",
    }


def _wait(what: str, step: Any, *, then: str, waits: int, payload: State) -> dict[str, State]:
    """Ask, pause, count, ask again."""
    return {
        f"Start{what}": {
            "Type": "Pass",
            "Result": {"count": 0},
            "ResultPath": "$.waited",
            "Next": f"Await{what}",
        },
        f"Await{what}": step(what.lower(), then=f"Is{what}", result="$.answer", **payload),
        f"Is{what}": {
            "Type": "Choice",
            "Choices": [
                {"Variable": "$.answer.done", "BooleanEquals": True, "Next": then},
                {"Variable": "$.waited.count", "NumericGreaterThanEquals": waits, "Next": "TellFailed"},
            ],
            "Default": f"Pause{what}",
        },
        f"Pause{what}": {"Type": "Wait", "Seconds": POLL_S, "Next": f"Count{what}"},
        f"Count{what}": {
            "Type": "Pass",
            "Parameters": {"count.$": "States.MathAdd($.waited.count, 1)"},
            "ResultPath": "$.waited",
            "Next": f"Await{what}",
        },
    }


def _step(function_arn: str, name: str, *, then: str, result: str | None, payload: State) -> State:
    task: State = {
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke",
        "Parameters": {"FunctionName": function_arn, "Payload": {"step": name, **EXECUTION, **payload}},
        "TimeoutSeconds": STEP_LIMIT_S,
        "Retry": [RETRIES],
        "Catch": [{"ErrorEquals": ["States.ALL"], "ResultPath": "$.error", "Next": "TellFailed"}],
        "ResultPath": result,
        "Next": then,
    }
    if result:
        task["OutputPath"] = "$"
        task["ResultSelector"] = _selected(result)
    return task


def _selected(result: str) -> State:
    """What of the function's answer is kept."""
    if result == "$.answer":
        return {"done.$": "$.Payload.done"}
    return {name: f"$.Payload.{name[:-2]}" for name in ("remedy.$", "rule.$", "reason.$", "writer.$")}
