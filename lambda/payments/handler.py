"""The payments function: one request, one answer, one log line, and the metrics of payments."""

import traceback
from collections.abc import Mapping
from dataclasses import replace
from http import HTTPStatus
from pathlib import Path
from types import TracebackType
from typing import Any

from payments.composition import PaymentService, service
from payments.http import Answer, Event, Request
from payments.problems import Problem, Refused
from payments.warming import asks_to_warm, hold
from runtime.clock import now_ms
from runtime.logs import logger
from runtime.metrics import COUNT, MILLISECONDS, Values

PAY = "POST /payments"

# What a payment's answer counts as. A forwarded payment is counted as settled where it was settled.
_COUNTED: Mapping[int, str] = {
    HTTPStatus.CREATED: "PaymentsSettled",
    HTTPStatus.ACCEPTED: "PaymentsAccepted",
    HTTPStatus.INTERNAL_SERVER_ERROR: "PaymentsFailed",
    HTTPStatus.SERVICE_UNAVAILABLE: "PaymentsUnavailable",
}


def handler(event: Event, _context: object) -> dict[str, Any]:
    """Answers one request of API Gateway's HTTP API, payload format 2.0, or a takeover that warms up."""
    if asks_to_warm(event):
        return dict(hold(event, service()))
    arrived_ms = now_ms()  # a first request also waits for the service to be built
    return serve(event, service(), arrived_ms=arrived_ms)


def serve(event: Event, by: PaymentService, *, arrived_ms: int) -> dict[str, Any]:
    """The answer of a service to an event."""
    request = Request.from_event(event, arrived_ms=arrived_ms)
    try:
        answer = by.api.answer(request)
    except Exception as error:  # noqa: BLE001 - a client gets an answer of ours whatever goes wrong
        answer = _failed(request, error)
    if request.wants_no_body:
        answer = replace(answer, body={})
    took_ms = max(now_ms() - request.arrived_ms, 0)  # the clock may have been set back meanwhile
    epoch = by.lease.last_epoch
    logger.info(
        "answered",
        extra={
            "correlation_id": request.request_id,
            "route": request.route,
            "status": int(answer.status),
            "took_ms": took_ms,
            "epoch": epoch,
            **answer.log,
        },
    )
    if request.route == PAY:
        by.meter.record(_measured(answer, took_ms))
    return answer.to_event(request_id=request.request_id, region=by.region, epoch=epoch)


def _measured(answer: Answer, took_ms: int) -> Values:
    name = _COUNTED.get(answer.status, "PaymentsRefused")
    if "forwarded_to" in answer.log:
        name = "PaymentsForwarded"
    return {name: (COUNT, 1), "PaymentLatency": (MILLISECONDS, took_ms)}


def _failed(request: Request, error: Exception) -> Answer:
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
    detail = "Nothing is known about what was done; repeat a payment under the same key."
    return Answer.of_refusal(Refused(Problem.INTERNAL, detail), request.request_id)


def _places(trace: TracebackType | None) -> list[str]:
    frames = traceback.extract_tb(trace)
    return [f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames]
