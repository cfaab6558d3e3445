"""The payments function: one request, one answer, one log line, and the metrics of payments."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from intake.answering import answered
from intake.http import Answer, Event, Request
from payments.composition import PaymentService, service
from payments.schemas import NAME
from payments.warming import asks_to_warm, hold
from runtime.clock import now_ms
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
    answer, took_ms = answered(request, by.api, by.lease, system=NAME, clock=now_ms)
    if request.route == PAY:
        by.meter.record(_measured(answer, took_ms))
    return answer.to_event(request_id=request.request_id, region=by.region, epoch=by.lease.last_epoch)


def _measured(answer: Answer, took_ms: int) -> Values:
    name = _COUNTED.get(answer.status, "PaymentsRefused")
    if "forwarded_to" in answer.log:
        name = "PaymentsForwarded"
    return {name: (COUNT, 1), "PaymentLatency": (MILLISECONDS, took_ms)}
