"""One request, one answer, one log line: whatever goes wrong, a client gets an answer of ours."""

import traceback
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Protocol

from durable.lease_view import RecentLease
from intake.http import Answer, Request
from intake.problems import Problem, Refused
from runtime.clock import Clock
from runtime.logs import logger


class Routes(Protocol):
    """The routes of a system."""

    def answer(self, request: Request) -> Answer:
        """The answer to a request; a refusal is one too."""


def answered(
    request: Request, api: Routes, lease: RecentLease, *, system: str, clock: Clock
) -> tuple[Answer, int]:
    """The answer, and the milliseconds that it took since the request came."""
    try:
        answer = api.answer(request)
    except Exception as error:  # noqa: BLE001 - a client gets an answer of ours whatever goes wrong
        answer = _failed(request, error, system)
    if request.wants_no_body:
        answer = replace(answer, body={})
    took_ms = max(clock() - request.arrived_ms, 0)  # the clock may have been set back meanwhile
    logger.info(
        "answered",
        extra={
            "correlation_id": request.request_id,
            "route": request.route,
            "status": int(answer.status),
            "took_ms": took_ms,
            "epoch": lease.last_epoch,
            **answer.log,
        },
    )
    return answer, took_ms


def _failed(request: Request, error: Exception, system: str) -> Answer:
    """The answer to what nobody thought of. Errors quote values, so only kinds and places are logged."""
    logger.error(
        "unexpected error",
        extra={
            "correlation_id": request.request_id,
            "route": request.route,
            "error": type(error).__name__,
            "at": _places(error.__traceback__),
        },
    )
    detail = "Nothing is known about what was done; repeat the request under the same key."
    return Answer.of_refusal(Refused(Problem.INTERNAL, detail), request.request_id, system=system)


def _places(trace: TracebackType | None) -> list[str]:
    frames = traceback.extract_tb(trace)
    return [f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames]
