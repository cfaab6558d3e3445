"""Step Functions: the synthesized definition, interpreted, one execution a name.

The engine is durable and the functions are not: a task that crashes, times out or raises is retried as
the definition says, while a function that was only paused goes on beside its own retry.
"""

import json
from typing import Any

from botocore.exceptions import ClientError, ReadTimeoutError

from failover.steps import perform
from failover.takeover import Takeover
from lib.failover import takeover as asl
from lib.failover.states import ABORTED
from lib.settings.timing import Limits

LIMITS = Limits(
    transition_s=1_800, writer_s=30, approval_s=60, retry_s=60, settle_waits=40, planned_retry_s=140
)
"""Short waits for the writer and few retries; the real ones only make runs longer."""


class Execution:
    """One execution: a state, its data, and how often each retrier of the state was used."""

    def __init__(self, world: Any, region: str, takeover: Takeover) -> None:
        self._world, self._region, self.takeover = world, region, takeover
        definition = asl.takeover("arn:steps", LIMITS)
        self._states = definition["States"]
        self.status = "RUNNING"
        self._data: dict[str, Any] = {}
        self._serial = 0
        self._enter(definition["StartAt"])
        world.after(definition["TimeoutSeconds"] * 1000, self._times_out)

    def _times_out(self) -> None:
        if self.status == "RUNNING":
            self._serial += 1
            self.status = "TIMED_OUT"

    def _enter(self, name: str) -> None:
        if self.status != "RUNNING":
            return
        self.state, self._used = name, {}
        match self._states[name]:
            case {"Type": "Task"}:
                self._invoke()
            case {"Type": "Pass", "Result": result, "Next": then}:
                self._data["waited"] = dict(result)
                self._enter(then)
            case {"Type": "Pass", "Next": then}:  # the only other one counts
                self._data["waited"] = {"count": self._data["waited"]["count"] + 1}
                self._enter(then)
            case {"Type": "Wait", "Seconds": seconds, "Next": then}:
                self._world.after(seconds * 1000, lambda: self._enter(then))
            case {"Type": "Choice", "Choices": choices, "Default": default}:
                self._enter(next((one["Next"] for one in choices if self._holds(one)), default))
            case {"Type": "Succeed"}:
                self.status = "SUCCEEDED"
                self._world.watch.taken_over(self.takeover)
            case {"Type": "Fail"}:
                self.status = "FAILED"
                self._world.count["undone" if name == ABORTED else "held"] += 1

    def _holds(self, choice: dict[str, Any]) -> bool:
        match choice:
            case {"Variable": "$.kind", "StringEquals": kind}:
                return bool(self.takeover.kind == kind)
            case {"Variable": "$.answer.done", "BooleanEquals": wanted}:
                return bool(self._data["answer"]["done"]) is wanted
            case {"Variable": "$.waited.count", "NumericGreaterThanEquals": spent}:
                return bool(self._data["waited"]["count"] >= spent)
        raise ValueError(f"the model cannot decide {choice}")

    def _invoke(self) -> None:
        world, state = self._world, self._states[self.state]
        if not world.alive[self._region]:
            world.after(1_000, self._invoke)
            return
        self._serial += 1
        serial, step = self._serial, state["Parameters"]["Payload"]["step"]
        payload = json.loads(json.dumps(self.takeover.payload()))

        def work() -> None:
            try:
                facts = perform(step, Takeover.from_payload(payload), world.site(self._region).context)
            except Exception as error:  # noqa: BLE001 - the runtime reports any error by its name
                world.note(f"{step} failed: {error!r}")
                self._failed(serial, type(error).__name__)
            else:
                self._succeeded(serial, facts)

        world.note(f"step {step} of {self.takeover.name} begins")
        world.scheduler.spawn(
            self._region, f"step {step}", work, lambda: self._failed(serial, "Lambda.Unknown")
        )
        world.after(state["TimeoutSeconds"] * 1000, lambda: self._failed(serial, "States.Timeout"))

    def _succeeded(self, serial: int, facts: dict[str, Any]) -> None:
        if serial == self._serial:
            self._serial += 1
            self._data["answer"] = {"done": facts.get("done")}
            self._enter(self._states[self.state]["Next"])

    def _failed(self, serial: int, error: str) -> None:
        if serial != self._serial:
            return
        self._serial += 1
        state = self._states[self.state]
        for place, retrier in enumerate(state["Retry"]):
            if {error, "States.ALL"} & set(retrier["ErrorEquals"]):
                used = self._used.get(place, 0)
                if used < retrier["MaxAttempts"]:
                    self._used[place] = used + 1
                    wait = retrier["IntervalSeconds"] * retrier["BackoffRate"] ** used
                    self._world.after(int(1000 * min(wait, retrier["MaxDelaySeconds"])), self._invoke)
                    return
                break
        self._enter(state["Catch"][0]["Next"])


class StepFunctions:
    """boto3's client in one region."""

    def __init__(self, world: Any, region: str) -> None:
        self._world, self._region = world, region
        self.executions: dict[str, Execution] = {}

    def start_execution(self, *, name: str, input: str, **_: object) -> None:  # noqa: A002
        self._world.scheduler.point()
        fate = self._world.fate()
        if fate in {"lost", "late"}:
            raise ReadTimeoutError(endpoint_url="https://states")
        known = self.executions.get(name)
        if known is None:
            takeover = Takeover.from_payload(json.loads(input))
            self._world.watch.started(self._region, takeover)
            self.executions[name] = Execution(self._world, self._region, takeover)
        elif known.status != "RUNNING":
            raise ClientError({"Error": {"Code": "ExecutionAlreadyExists", "Message": ""}}, "StartExecution")
        if fate == "unanswered":
            raise ReadTimeoutError(endpoint_url="https://states")

    def describe_execution(self, *, executionArn: str) -> dict[str, str]:  # noqa: N803
        self._world.scheduler.point()
        if self._world.fate():
            raise ReadTimeoutError(endpoint_url="https://states")
        found = self.executions.get(executionArn.rpartition(":")[2])
        if found is None:
            raise ClientError({"Error": {"Code": "ExecutionDoesNotExist", "Message": ""}}, "Describe")
        return {"status": found.status}
