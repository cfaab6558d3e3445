"""Plays an Automation document as Systems Manager would, for a cloud that only keeps documents."""

import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ClientError

Clients = Callable[[str], Any]
Scripts = Callable[[str, str, dict[str, Any]], Any]
Step = dict[str, Any]
POLL_S = 2.0
REFERENCE = re.compile(r"\{\{ *([\w.]+) *\}\}")
OWN_INPUTS = ("Service", "Api", "PropertySelector", "DesiredValues")


class StepFailed(RuntimeError):
    """A step did not do, or did not find, what the document says."""


@dataclass(slots=True)
class Run:
    """One run of a document: values so far, and which steps were run."""

    clients: Clients
    scripts: Scripts
    sleep: Callable[[float], None] = time.sleep
    values: dict[str, str] = field(default_factory=dict)
    trail: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)

    def play(self, document: Mapping[str, Any], given: Mapping[str, str]) -> bool:
        """Run every step in its turn; whether none failed. Raises StepFailed for a bad parameter."""
        for parameter, declared in document["parameters"].items():
            value = given.get(parameter, declared.get("default", ""))
            if not re.fullmatch(declared["allowedPattern"], value):
                raise StepFailed(f"{parameter} = {value!r} is not {declared['allowedPattern']}")
            self.values[parameter] = value
        steps = {step["name"]: step for step in document["mainSteps"]}
        following = dict(zip(steps, [*list(steps)[1:], None], strict=True))
        name: str | None = next(iter(steps))
        while name:
            name = self._next(steps[name], following[name])
        return not self.failed

    def _next(self, step: Step, following: str | None) -> str | None:
        self.trail.append(step["name"])
        try:
            jump = ACTIONS[step["action"]](self, step, self._filled(step["inputs"]))
        except (StepFailed, ClientError) as error:
            self.failed.append(f"{step['name']}: {error}")
            target = step.get("onFailure", "Abort")
            return target.removeprefix("step:") if target.startswith("step:") else None
        return None if step.get("isEnd") else jump or following

    def _filled(self, inputs: Any) -> Any:
        """The inputs with every reference replaced; scripts hold none."""
        if isinstance(inputs, dict):
            return {key: self._filled(value) for key, value in inputs.items()}
        if isinstance(inputs, list):
            return [self._filled(value) for value in inputs]
        if isinstance(inputs, str):
            return REFERENCE.sub(lambda found: self.values[found[1]], inputs)
        return inputs

    def keep(self, step: Step, answer: Any) -> None:
        """Remember the step's outputs under its name."""
        for output in step.get("outputs", []):
            self.values[f"{step['name']}.{output['Name']}"] = str(select(answer, output["Selector"]))

    def call(self, inputs: dict[str, Any]) -> Any:
        """The answer of the API that the inputs name."""
        method = re.sub(r"(?<!^)(?=[A-Z])", "_", inputs["Api"]).lower()
        arguments = {key: value for key, value in inputs.items() if key not in OWN_INPUTS}
        return getattr(self.clients(inputs["Service"]), method)(**arguments)


def select(answer: Any, path: str) -> Any:
    """What a path like ``$.A[0].B`` finds. Raises StepFailed when there is nothing."""
    try:
        for name, index in re.findall(r"\.(\w+)|\[(\d+)\]", path):
            answer = answer[name] if name else answer[int(index)]
    except (KeyError, IndexError, TypeError):
        raise StepFailed(f"{path} finds nothing in the answer") from None
    return answer


def _assert(run: Run, _step: Step, inputs: dict[str, Any]) -> None:
    found = select(run.call(inputs), inputs["PropertySelector"])
    if found not in inputs["DesiredValues"]:
        raise StepFailed(f"{inputs['PropertySelector']} is {found}, not one of {inputs['DesiredValues']}")


def _wait(run: Run, step: Step, inputs: dict[str, Any]) -> None:
    for _ in range(int(step["timeoutSeconds"] / POLL_S)):
        if select(run.call(inputs), inputs["PropertySelector"]) in inputs["DesiredValues"]:
            return
        run.sleep(POLL_S)
    raise StepFailed(f"{inputs['PropertySelector']} was never one of {inputs['DesiredValues']}")


def _api(run: Run, step: Step, inputs: dict[str, Any]) -> None:
    run.keep(step, run.call(inputs))


def _script(run: Run, step: Step, inputs: dict[str, Any]) -> None:
    payload = run.scripts(inputs["Script"], inputs["Handler"], inputs["InputPayload"])
    run.keep(step, {"Payload": payload})


def _pause(run: Run, _step: Step, inputs: dict[str, Any]) -> None:
    run.sleep(60 * int(inputs["Duration"].removeprefix("PT").removesuffix("M")))


def _branch(_run: Run, _step: Step, inputs: dict[str, Any]) -> str:
    taken = [one["NextStep"] for one in inputs["Choices"] if one["Variable"] == one["StringEquals"]]
    return str([*taken, inputs["Default"]][0])


ACTIONS: Mapping[str, Callable[[Run, Step, dict[str, Any]], str | None]] = {
    "aws:assertAwsResourceProperty": _assert,
    "aws:waitForAwsResourceProperty": _wait,
    "aws:executeAwsApi": _api,
    "aws:executeScript": _script,
    "aws:sleep": _pause,
    "aws:branch": _branch,
}
