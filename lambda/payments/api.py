"""The routes of the payment API."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from durable.book import DurableRequest
from intake.at_holder import AtHolder
from intake.documents import idempotency_key
from intake.forwarding import Forwarding
from intake.handover_wait import HandoverWait
from intake.health import Health
from intake.http import Answer, Request, with_heads
from intake.peer import Call
from intake.principal import scoped
from intake.problems import HeldElsewhere, Problem, Refused
from intake.readiness import Readiness
from intake.request_flow import LAST_START_MS, RequestFlow
from intake.whereabouts import Whereabouts
from payments import payer, validation
from payments.openapi import document
from payments.payer import Mode, Payer
from payments.payment import PaymentRequest
from payments.schemas import NAME
from payments.session_api import SessionApi


class PaymentApi:
    """Answers every route that API Gateway knows; everything it needs is handed in."""

    def __init__(
        self,
        *,
        region: str,
        authorization: Mode,
        flow: RequestFlow,
        whereabouts: Whereabouts,
        readiness: Readiness,
        forwarding: Forwarding,
        sessions: SessionApi,
        handover_wait: HandoverWait,
    ) -> None:
        self._authorization = authorization
        self._flow = flow
        self._whereabouts = whereabouts
        self._forwarding = forwarding
        self._at_holder = AtHolder(flow=flow, forwarding=forwarding, handover_wait=handover_wait)
        routes: dict[str, Callable[[Request], Answer]] = {
            "POST /payments": self._pay,
            "POST /synthetic-payments": self._prove,
            "GET /payments/{payment_id}": self._find,
            **sessions.routes,
            **Health(region=region, readiness=readiness).routes,
            "GET /openapi.json": _describe,
        }
        self._routes = with_heads(routes)

    def answer(self, request: Request) -> Answer:
        """The answer to a request; a refusal is one too."""
        try:
            return self._routes.get(request.route, _unknown)(request)
        except Refused as refused:
            return Answer.of_refusal(refused, request.request_id, system=NAME)

    def _pay(self, request: Request) -> Answer:
        by = payer.of_client(self._authorization, request.authorizer)
        key, asked = _key(request), validation.payment_request(request.headers, request.body)
        return self._at_holder.answer(
            request, _payment_call(key, asked), lambda: self._paid(request, key, asked, by)
        )

    def _prove(self, request: Request) -> Answer:
        """A payment that the system makes itself. This region proves what it can: nothing is passed on."""
        by = payer.of_role(request.authorizer)
        key, asked = _key(request), validation.synthetic_payment(request.headers, request.body)
        return self._paid(request, key, asked, by)

    def _paid(self, request: Request, key: str, asked: PaymentRequest, by: Payer) -> Answer:
        until_ms = request.arrived_ms + LAST_START_MS
        entry, settled = self._flow.take(scoped(key, by), asked, principal=by, until_ms=until_ms)
        return Answer(
            status=HTTPStatus.CREATED if settled else HTTPStatus.ACCEPTED,
            headers={"Location": f"/payments/{entry.entry_id}"},
            body=_payment(entry.entry_id, entry.request, settled=settled),
            log={"payment_id": entry.entry_id},
        )

    def _find(self, request: Request) -> Answer:
        by = payer.of_client(self._authorization, request.authorizer)
        payment_id = validation.payment_id(request.path.get("payment_id", ""))
        try:
            found = self._whereabouts.find(payment_id, principal=by)
        except Refused as unknown:
            return self._ask_holder(request, payment_id, otherwise=unknown)
        if found is None:
            missing = Refused(Problem.NOT_FOUND, "There is no such payment.")
            return self._ask_holder(request, payment_id, otherwise=missing)
        return Answer(
            status=HTTPStatus.OK,
            body=_payment(payment_id, found.request, settled=found.settled),
            log={"payment_id": payment_id},
        )

    def _ask_holder(self, request: Request, payment_id: str, *, otherwise: Refused) -> Answer:
        """A replica may lag or be away: what this region does not know is for the holder to say."""
        try:
            self._flow.held_lease()
        except HeldElsewhere as elsewhere:
            call = Call(method="GET", path=f"/payments/{payment_id}")
            return self._forwarding.forward(request, call, elsewhere)
        raise otherwise


def _describe(_request: Request) -> Answer:
    return Answer(status=HTTPStatus.OK, body=document())


def _unknown(_request: Request) -> Answer:
    raise Refused(Problem.NOT_FOUND, "There is no such route.")


def _key(request: Request) -> str:
    return idempotency_key(request.headers.get("idempotency-key"))


def _payment(payment_id: str, request: DurableRequest, *, settled: bool) -> dict[str, Any]:
    status = "settled" if settled else "accepted"
    return {"payment_id": payment_id, "status": status, **request.row()}


def _payment_call(key: str, asked: PaymentRequest) -> Call:
    """The payment for another region: written anew from what was understood, so nothing else travels."""
    return Call(
        method="POST",
        path="/payments",
        body=asked.canonical().encode(),
        headers={"Content-Type": "application/json", "Idempotency-Key": key},
    )
