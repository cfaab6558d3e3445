"""What the state machine of a region did, step by step: read off its execution histories."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from gameday.errors import ObservationFailed

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions import SFNClient


@dataclass(frozen=True, slots=True, kw_only=True)
class StepSeen:
    """One state of an execution that runs a step: how it ended, and what went wrong before."""

    execution: str
    state: str
    facts: Mapping[str, Any]
    """What the step reported in the end; empty when it never did."""
    errors: Sequence[str] = field(default_factory=tuple)
    """Its failures, in order: each was retried, or ended the execution."""


def steps_since(client: "SFNClient", since: float) -> list[StepSeen]:
    """The steps of every execution that started at *since* or later. Raises ObservationFailed."""
    try:
        return [
            step for name, arn in _executions(client, since) for step in _steps(name, _events(client, arn))
        ]
    except (BotoCoreError, ClientError) as error:
        raise ObservationFailed(f"the state machine does not tell: {error}") from error


def _executions(client: "SFNClient", since: float) -> Iterator[tuple[str, str]]:
    for page in client.get_paginator("list_state_machines").paginate():
        for machine in page["stateMachines"]:
            listed = client.get_paginator("list_executions").paginate(
                stateMachineArn=machine["stateMachineArn"]
            )
            for executions in listed:
                for one in executions["executions"]:
                    started: datetime = one["startDate"]
                    if started.timestamp() >= since:
                        yield one["name"], one["executionArn"]


def _events(client: "SFNClient", arn: str) -> Iterator[Mapping[str, Any]]:
    for page in client.get_paginator("get_execution_history").paginate(executionArn=arn):
        yield from page["events"]


def _steps(execution: str, events: Iterable[Mapping[str, Any]]) -> Iterator[StepSeen]:
    """The visits to task states. What a state waits for by asking again is visited again."""
    state = ""
    errors: list[str] = []
    for event in events:
        match event["type"]:
            case "TaskStateEntered":
                state, errors = event["stateEnteredEventDetails"]["name"], []
            case "TaskFailed":
                errors.append(str(event["taskFailedEventDetails"].get("error", "")))
            case "TaskSucceeded":
                output = json.loads(event["taskSucceededEventDetails"]["output"])
                facts = output.get("Payload") or {}
                yield StepSeen(execution=execution, state=state, facts=facts, errors=tuple(errors))
                errors = []
            case "ExecutionFailed" | "ExecutionAborted" | "ExecutionTimedOut" if errors:
                yield StepSeen(execution=execution, state=state, facts={}, errors=tuple(errors))


def failed_steps(steps: Sequence[StepSeen]) -> int:
    """How many different steps failed, were run again, and did their work in the end."""
    return len({step.state for step in steps if step.errors and step.facts})


def loss_found(steps: Sequence[StepSeen]) -> str | None:
    """The rule by which the last forced promotion went on (failover/loss.py); None: there was none."""
    found = [step.facts["rule"] for step in steps if "figures" in step.facts]
    return str(found[-1]) if found else None
