"""The payments function over a world of fakes: events in, answers out."""

import json
from types import SimpleNamespace
from typing import Any

from durable.lease_view import RecentLease, ServingStatus
from intake.forwarding import Forwarding
from intake.handover_wait import HandoverWait
from intake.request_flow import RequestFlow
from intake.whereabouts import Whereabouts
from localcloud import gateway_event
from payments import handler
from payments.api import PaymentApi
from payments.composition import PaymentService
from payments.payer import Mode
from payments.session_api import SessionApi

BODY = {"amount_minor": 1250, "currency": "EUR", "debtor": "Ada", "creditor": "Grace"}
SESSION_ID = "session-0123456789"


def event(route: str, *, body: str | None = None, **changed: object) -> dict[str, object]:
    headers = {"Idempotency-Key": "order-0001", "Content-Type": "application/json"}
    whole = gateway_event.event(route, headers=headers)
    return whole | ({} if body is None else {"body": body}) | changed


def post(body: object = BODY, **changed: object) -> dict[str, object]:
    return event("POST /payments", body=json.dumps(body), **changed)


def get(payment_id: str, **changed: object) -> dict[str, object]:
    path = {"payment_id": payment_id}
    return event("GET /payments/{payment_id}", pathParameters=path, **changed)


def session(method: str, body: object = None, session_id: str = SESSION_ID) -> dict[str, object]:
    text = None if body is None else json.dumps(body)
    return event(f"{method} /sessions/{{session_id}}", body=text, pathParameters={"session_id": session_id})


class Frontend(SimpleNamespace):
    """A region's function. A test replaces `readiness`, `peer` or `sessions` before the first event."""

    def __init__(self, world: Any, region: str = "us-east-1", authorization: Mode = Mode.NONE) -> None:
        readiness = SimpleNamespace(check=lambda: ServingStatus.READY, routable=lambda: True)
        super().__init__(
            world=world,
            region=region,
            authorization=authorization,
            readiness=readiness,
            peer=None,
            sessions=None,
            measured=[],
        )

    def service(self) -> PaymentService:
        ids = iter(f"7d0a2d3e-35c5-4a0e-9f6e-0a4bd2a2d{number:03x}" for number in range(4_096))
        world, region = self.world, self.region
        lease = RecentLease(world, world.clock, world.steady_s)
        flow = RequestFlow(
            region=region,
            ttl_ms=30_000,
            skew_ms=2_000,
            lease=lease,
            journal=world,
            early=world,
            ledger=world,
            clock=world.clock,
            new_id=lambda: next(ids),
        )
        api = PaymentApi(
            region=region,
            authorization=self.authorization,
            flow=flow,
            whereabouts=Whereabouts(ledger=world, journal=world),
            readiness=self.readiness,
            forwarding=Forwarding(region=region, peer=self.peer, clock=world.clock),
            sessions=SessionApi(authorization=self.authorization, sessions=self.sessions, clock=world.clock),
            handover_wait=HandoverWait(clock=world.clock, sleep=world.sleep),
        )
        return PaymentService(
            region=region, lease=lease, api=api, meter=SimpleNamespace(record=self.measured.append)
        )

    def __call__(self, event: dict[str, object]) -> SimpleNamespace:
        if "built" not in vars(self):
            self.built = self.service()
        answer = handler.serve(event, self.built, arrived_ms=handler.now_ms())
        return SimpleNamespace(
            status=answer["statusCode"],
            headers=answer["headers"],
            body=json.loads(answer["body"] or "null"),
            text=answer["body"],
        )


def fail(error: Exception):
    def hook(*_: object, **__: object) -> None:
        raise error

    return hook
