"""Payers see what is theirs and nobody else's: by the subject that the gateway verified, by nothing else."""

import json
from dataclasses import replace
from http import HTTPStatus
from types import SimpleNamespace

import pytest

from intake.errors import SessionsUnavailable
from intake.forwarding import FORWARDED_BY
from intake.peer import PeerAnswer
from intake.principal import scoped
from intake.problems import Refused
from payments.payer import Mode, of_role
from runtime.database import DatabaseUnavailable
from tests.unit.payments.conftest import World
from tests.unit.payments.service import BODY, SESSION_ID, Frontend, event, fail

SYNTHETIC = {**BODY, "currency": "XTS"}
STEPS = "arn:aws:sts::123456789012:assumed-role/payments-steps-use1-dev/payments-steps-dev"


def by(subject: object, **more: object) -> dict[str, object]:
    """What the gateway says about a request whose token is this subject's."""
    authorizer = {"jwt": {"claims": {"sub": subject, "iss": "https://issuer.test"}, "scopes": None}}
    return {"requestContext": {"requestId": "request-1", "authorizer": authorizer}, **more}


def pay(subject: object = "ada", key: str = "order-0001", body: object = BODY) -> dict[str, object]:
    headers = {"idempotency-key": key, "content-type": "application/json", "authorization": "Bearer a.b.c"}
    return event("POST /payments", body=json.dumps(body), headers=headers, **by(subject))


def find(payment_id: str, subject: str = "ada") -> dict[str, object]:
    return event("GET /payments/{payment_id}", pathParameters={"payment_id": payment_id}, **by(subject))


def session(method: str, subject: str = "ada", body: object = None) -> dict[str, object]:
    text = None if body is None else json.dumps(body)
    path = {"session_id": SESSION_ID}
    return event(f"{method} /sessions/{{session_id}}", body=text, pathParameters=path, **by(subject))


class KeptSessions(dict[str, object]):
    def put(self, session) -> None:
        self[session.session_id] = session

    def find(self, session_id, *, now_s):
        return self.get(session_id)

    def delete(self, session_id) -> None:
        self.pop(session_id, None)


@pytest.fixture
def send(world: World) -> Frontend:
    frontend = Frontend(world, authorization=Mode.JWT)
    frontend.sessions = KeptSessions()
    return frontend


def test_a_payment_is_recorded_with_its_payer(send, world):
    assert send(pay("ada")).status == 201
    [entry] = world.entries.values()
    assert (entry.principal, entry.idempotency_key) == ("sub:ada", "order-0001@sub:ada")
    assert "payer" not in send(pay("ada")).body


def test_a_payer_finds_own_payments_and_another_payers_do_not_exist(send):
    payment_id = send(pay("ada")).body["payment_id"]
    assert send(find(payment_id, "ada")).status == 200
    other, never = send(find(payment_id, "eve")), send(find("7d0a2d3e-35c5-4a0e-9f6e-000000000000", "eve"))
    assert other.status == never.status == 404
    assert other.body == never.body


def test_another_payers_idempotency_key_is_a_different_key(send, world):
    ada, eve = send(pay("ada")), send(pay("eve", body={**BODY, "amount_minor": 1}))
    assert (ada.status, eve.status) == (201, 201)
    assert ada.body["payment_id"] != eve.body["payment_id"]
    assert send(pay("ada")).body == ada.body
    assert len(world.entries) == 2


def test_one_key_of_two_payers_is_two_payments_while_the_ledger_is_away(send, world):
    world.when_recorded = fail(DatabaseUnavailable("no answer"))
    ada, eve = send(pay("ada")), send(pay("eve", body={**BODY, "amount_minor": 1}))
    assert (ada.status, eve.status) == (202, 202)
    assert ada.body["payment_id"] != eve.body["payment_id"]
    world.when_recorded = lambda: None
    assert send(pay("eve")).status == 422  # her own key, another payment
    assert send(find(ada.body["payment_id"], "eve")).status == 404
    assert send(find(eve.body["payment_id"], "ada")).status == 404


def test_another_payers_session_is_a_different_session(send):
    send(session("PUT", "ada", {"data": {"cart": "1"}}))
    assert send(session("GET", "eve")).status == 404
    send(session("DELETE", "eve"))
    send(session("PUT", "eve", {"data": {"cart": "2"}}))
    found = send(session("GET", "ada")).body
    assert (found["session_id"], found["data"]) == (SESSION_ID, {"cart": "1"})


@pytest.mark.parametrize(
    "subject",
    [None, "", 7, True, ["ada"], {"id": "ada"}, "a" * 256, "ad a", "ada\n", "ada\x00", "\x7f", "zo\xeb"],
)
def test_a_token_without_a_usable_subject_pays_nothing(send, world, subject):
    refused = send(pay(subject))
    assert (refused.status, refused.body["type"]) == (401, "urn:payments:problem:unidentified")
    assert world.entries == {}


@pytest.mark.parametrize(
    ("claims", "payer"),
    [
        ({"sub": "ada", "aud": ["payments", "others"]}, "sub:ada"),
        ({"sub": "ada", "aud": "[payments others]", "scope": "pay read"}, "sub:ada"),
        ({"sub": "ada", "scp": ["pay"], "username": "eve", "client_id": "eve"}, "sub:ada"),
        ({"sub": "a" * 255}, f"sub:{'a' * 255}"),
        ({"sub": "ada@bank|eve"}, "sub:ada@bank|eve"),
        ({"Sub": "ada", "username": "ada", "client_id": "ada", "email": "ada@bank"}, None),
    ],
)
def test_the_subject_alone_says_who_pays(*, send, world, claims, payer):
    context = {"requestId": "request-1", "authorizer": {"jwt": {"claims": claims, "scopes": ["pay"]}}}
    assert send({**pay(), "requestContext": context}).status == (201 if payer else 401)
    assert [entry.principal for entry in world.entries.values()] == ([payer] if payer else [])


@pytest.mark.parametrize(
    "authorizer",
    [
        None,
        {},
        {"jwt": None},
        {"jwt": {"claims": None}},
        {"iam": {"userArn": STEPS}},
        {"lambda": {"sub": "ada"}},
        {"sub": "ada"},
    ],
)
@pytest.mark.parametrize("asked", [pay(), find("7d0a2d3e-35c5-4a0e-9f6e-000000000000"), session("GET")])
def test_a_route_that_lost_its_authorizer_serves_nobody(send, authorizer, asked):
    context = {"requestId": "request-1", "authorizer": authorizer}
    assert send({**asked, "requestContext": context}).status == 401


@pytest.mark.parametrize("name", ["sub", "x-payer", "x-amzn-oidc-identity", "authorization"])
def test_no_header_makes_somebody_else_pay(send, world, name):
    asked = pay("eve")
    assert send({**asked, "headers": {**asked["headers"], name: "ada"}}).status == 201
    assert {entry.principal for entry in world.entries.values()} == {"sub:eve"}


def test_where_nobody_is_asked_payments_are_nobodys(world):
    frontend = Frontend(world, authorization=Mode.NONE)
    assert frontend(pay("ada")).status == 201
    assert {entry.principal for entry in world.entries.values()} == {""}
    assert set(world.entries) == {"order-0001"}


@pytest.mark.parametrize("authorization", list(Mode))
def test_a_synthetic_payment_is_the_roles_that_signed_it_in_every_mode(world, authorization):
    frontend = Frontend(world, authorization=authorization)
    asked = {**pay(body=SYNTHETIC), "routeKey": "POST /synthetic-payments"}
    context = {"requestId": "request-1", "authorizer": {"iam": {"userArn": STEPS}}}
    assert frontend({**asked, "requestContext": context}).status == 201
    [entry] = world.entries.values()
    assert entry.principal == "arn:aws:iam::123456789012:role/payments-steps-use1-dev"


def test_a_token_makes_no_synthetic_payment(send, world):
    assert send({**pay(), "routeKey": "POST /synthetic-payments"}).status == 401
    assert world.entries == {}


def test_a_synthetic_payment_is_never_passed_on(send, world):
    world.lease = replace(world.lease, holder="us-west-2")
    context = {"requestId": "request-1", "authorizer": {"iam": {"userArn": STEPS}}}
    asked = {**pay(body=SYNTHETIC), "routeKey": "POST /synthetic-payments", "requestContext": context}
    assert send(asked).status == 503


def test_money_is_for_payers_and_the_test_currency_for_the_system(send, world):
    assert send(pay(body=SYNTHETIC)).body["errors"][0]["field"] == "currency"
    context = {"requestId": "request-1", "authorizer": {"iam": {"userArn": STEPS}}}
    refused = send({**pay(), "routeKey": "POST /synthetic-payments", "requestContext": context})
    assert (refused.status, refused.body["errors"][0]["field"]) == (400, "currency")
    assert world.entries == {}


def test_an_accepted_payment_is_its_payers_too(send, world):
    world.when_recorded = fail(DatabaseUnavailable("no answer"))
    accepted = send(pay("ada"))
    payment_id = accepted.body["payment_id"]
    assert (accepted.status, send(find(payment_id, "ada")).status) == (202, 200)
    assert send(find(payment_id, "eve")).status == 404


def test_the_token_travels_with_what_is_passed_on_and_only_where_it_was_verified(world):
    calls = []

    def answered(region, call, *, within_s):
        calls.append(call)
        return PeerAnswer(status=HTTPStatus.CREATED, headers={"x-region": region}, body={})

    for authorization in Mode:
        frontend = Frontend(world, "us-west-2", authorization)
        frontend.peer = SimpleNamespace(send=answered)
        asked = pay("ada")
        if authorization is Mode.NONE:
            asked["requestContext"] = {"requestId": "request-1"}
        assert frontend(asked).status == 201
    assert [call.headers.get("Authorization") for call in calls] == ["Bearer a.b.c", None]
    assert {call.headers["Idempotency-Key"] for call in calls} == {"order-0001"}
    assert {call.headers[FORWARDED_BY] for call in calls} == {"us-west-2"}


@pytest.mark.parametrize(
    ("arn", "known_as"),
    [
        (STEPS, "arn:aws:iam::123456789012:role/payments-steps-use1-dev"),
        ("arn:aws:iam::123456789012:user/ann", "arn:aws:iam::123456789012:user/ann"),
    ],
)
def test_a_role_is_known_without_its_session(arn, known_as):
    assert of_role({"iam": {"userArn": arn}}) == known_as


@pytest.mark.parametrize(
    "authorizer", [{}, {"iam": None}, {"iam": {"userArn": None}}, {"iam": {"userArn": "ada"}}]
)
def test_who_did_not_sign_has_no_role(authorizer):
    with pytest.raises(Refused):
        of_role(authorizer)


def test_names_of_two_payers_never_meet():
    assert scoped("order-0001", "") == "order-0001"
    assert scoped("order-0001", "sub:a") != scoped("order-0001", "sub:b")


def test_sessions_that_do_not_answer_are_said_so(send):
    def silent(*_, **__):
        raise SessionsUnavailable("no answer")

    send.sessions = SimpleNamespace(find=silent)
    assert send(session("GET")).status == 503
