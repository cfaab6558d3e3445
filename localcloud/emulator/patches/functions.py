"""What an invocation of a function answers."""
# ruff: noqa: SLF001 - a patch changes what upstream keeps to itself

import threading
from typing import Any

from ministack.core import lambda_runtime
from ministack.services import lambda_svc

from localcloud.emulator.patches.workers import region_of
from localcloud.emulator.patches.wrapping import Wrapper, substitute, wrap
from localcloud.emulator.regions import RegionStates

_ERROR_LINE = '{"status": "error", "error": str(e), "trace": traceback.format_exc()}'
_TYPED_LINE = (
    '{"status": "error", "error": str(e), "error_type": type(e).__name__, "trace": traceback.format_exc()}'
)


def report_the_exception_class() -> None:
    """Name a handler's exception class as errorType, as AWS does.

    Upstream says Runtime.HandlerError for all of them, so no typed Retry or Catch of a state machine
    ever matches. The process knows the class; it travels to the end of the same invocation's thread.
    https://docs.aws.amazon.com/lambda/latest/dg/python-exceptions.html
    """
    lambda_runtime._PYTHON_WORKER_SCRIPT = substitute(
        lambda_runtime._PYTHON_WORKER_SCRIPT, _ERROR_LINE, _TYPED_LINE
    )
    latest = threading.local()

    def invoke(original: Wrapper, worker: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        answer: dict[str, Any] = original(worker, *args, **kwargs)
        latest.error_type = answer.get("error_type")
        return answer

    def execute(original: Wrapper, *args: Any, **kwargs: Any) -> dict[str, Any]:
        latest.error_type = None
        result: dict[str, Any] = original(*args, **kwargs)
        if result.get("error") and latest.error_type:
            result["body"]["errorType"] = latest.error_type
        return result

    wrap(lambda_runtime.Worker, "invoke", invoke)
    wrap(lambda_svc, "_execute_function_warm", execute)


def refuse_in_dead_regions(regions: RegionStates) -> None:
    """Invoke nothing in a dead or stopped region, whoever asks: API, schedule, state machine or event.

    All of upstream's ways to a function meet in this one call.
    """

    def execute(original: Wrapper, func: dict[str, Any], event: Any) -> dict[str, Any]:
        region = region_of(func.get("config") or func)
        if regions.runs(region):
            result: dict[str, Any] = original(func, event)
            return result
        message = f"{region} is {regions.state(region)}"
        return {"error": True, "body": {"errorType": "RegionDeadError", "errorMessage": message}}

    wrap(lambda_svc, "_execute_function", execute)
