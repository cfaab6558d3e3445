"""Executions of state machines."""
# ruff: noqa: SLF001 - a patch changes what upstream keeps to itself

import json
import threading
from typing import Any

from ministack.core.responses import json_response
from ministack.services import stepfunctions

from localcloud.emulator.patches.wrapping import Wrapper, wrap
from localcloud.emulator.regions import RegionStates


def pause_in_dead_regions(regions: RegionStates) -> None:
    """Let an execution in a dead or stopped region stand still until the region runs again.

    Every execution has a thread of its own and reports each step before and after it takes it, a failed
    task too; there it waits. A standard workflow in AWS goes on after an outage as well.
    """

    def add_event(original: Wrapper, execution: dict[str, Any], *args: Any, **kwargs: Any) -> None:
        if threading.current_thread() is not threading.main_thread():
            regions.wait_until_runs(execution["executionArn"].split(":")[3])
        original(execution, *args, **kwargs)

    wrap(stepfunctions, "_add_event", add_event)


def accept_a_repeated_start() -> None:
    """Answer a repeated StartExecution like the first, while that execution runs on the same input.

    Upstream refuses every known name. AWS: "StartExecution is idempotent for STANDARD workflows".
    https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html
    """

    def start(original: Wrapper, request: dict[str, Any]) -> tuple[int, dict[str, str], bytes]:
        answer: tuple[int, dict[str, str], bytes] = original(request)
        if answer[0] == 200:  # noqa: PLR2004 - the HTTP status OK
            return answer
        running = _running(request)
        if running is None or json.loads(answer[2])["__type"] != "ExecutionAlreadyExists":
            return answer
        same = {key: running[key] for key in ("executionArn", "startDate")}
        repeated: tuple[int, dict[str, str], bytes] = json_response(same)
        return repeated

    wrap(stepfunctions, "_start_execution", start)


def _running(request: dict[str, Any]) -> dict[str, Any] | None:
    """The running execution that *request* would start again, with the same input."""
    for execution in stepfunctions._executions.values():
        if (
            execution["name"] == request.get("name")
            and execution["stateMachineArn"] == request.get("stateMachineArn")
            and execution["input"] == request.get("input", "{}")
            and execution["status"] == "RUNNING"
        ):
            found: dict[str, Any] = execution
            return found
    return None
