"""Steps of a state machine that fail on order of a drill."""

from typing import Any

from ministack.core import lambda_runtime

from localcloud.emulator.patches.workers import kill, region_of
from localcloud.emulator.patches.wrapping import Wrapper, wrap
from localcloud.emulator.sabotage import Sabotage

OF_A_MACHINE = {"takeover", "execution"}
"""What a state machine tells its step, and nobody else who calls the function."""


def come_to_harm(sabotage: Sabotage) -> None:
    """Tell *sabotage* which step runs, and kill the process of one that must die after its work."""

    def invoke(original: Wrapper, worker: Any, event: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        if not (isinstance(event, dict) and "step" in event and event.keys() & OF_A_MACHINE):
            answer: dict[str, Any] = original(worker, event, *args, **kwargs)
            return answer
        region = region_of(worker.config)
        sabotage.begins(region, event["step"])
        answer = original(worker, event, *args, **kwargs)
        if sabotage.ends(region, event["step"]):
            kill(worker)
            error = "Runtime exited with error: signal: killed"
            return {"status": "error", "error": error, "error_type": "Runtime.ExitError"}
        return answer

    wrap(lambda_runtime.Worker, "invoke", invoke)
