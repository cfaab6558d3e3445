"""What a client reads when it is refused: every word of it."""

from types import SimpleNamespace

import pytest

from durable.errors import JournalUnavailable
from failover.lease import Handover, Kind
from failover.lease_table import LeaseUnknown
from failover.ports import StaleEpoch
from intake.errors import SessionsUnavailable
from intake.problems import InTransit
from runtime.database import DatabaseUnavailable
from tests.unit.payments.service import BODY, SESSION_ID, Frontend, event, fail, get, post, session
from tests.unit.payments.test_payment_flow import flow_in

UNKNOWN_ID = "7d0a2d3e-35c5-4a0e-9f6e-0a4bd2a2c001"
KEY_RULE = "must be 8 to 64 characters of A-Z a-z 0-9 _ -"
SESSION_ID_RULE = "must be 16 to 128 characters of A-Z a-z 0-9 _ -"
LATIN_1 = {"idempotency-key": "order-0001", "content-type": "application/json; charset=iso-8859-1"}
GZIP = {"idempotency-key": "order-0001", "content-encoding": "gzip"}
CSV = {"idempotency-key": "order-0001", "content-type": "text/csv"}


def put(body: str, **changed: object) -> dict[str, object]:
    path = {"session_id": SESSION_ID}
    return event("PUT /sessions/{session_id}", body=body, pathParameters=path, **changed)


@pytest.mark.parametrize(
    ("asked", "detail", "field", "message"),
    [
        (post(headers={}), "The header Idempotency-Key is not valid.", "Idempotency-Key", KEY_RULE),
        (get("17"), "The payment id is not valid.", "payment_id", "must be a UUID"),
        (get(""), "The payment id is not valid.", "payment_id", "must be a UUID"),
        (
            event("GET /payments/{payment_id}"),
            "The payment id is not valid.",
            "payment_id",
            "must be a UUID",
        ),
        (
            session("GET", session_id="short"),
            "The session id is not valid.",
            "session_id",
            SESSION_ID_RULE,
        ),
        (
            post(BODY | {"amount_minor": 0}),
            "The payment is not valid.",
            "amount_minor",
            "must be at least 1",
        ),
        (put("{}"), "The session is not valid.", "data", "is required"),
    ],
)
def test_an_invalid_request_is_told_which_field_and_why(world, asked, detail, field, message) -> None:
    answer = Frontend(world)(asked)
    assert answer.body == {
        "type": "urn:payments:problem:invalid",
        "title": "The request is not valid",
        "status": 400,
        "detail": detail,
        "instance": "request-1",
        "errors": [{"field": field, "message": message}],
    }
    assert "Retry-After" not in answer.headers


@pytest.mark.parametrize(
    ("asked", "status", "detail"),
    [
        (post(headers=CSV), 415, "Send the payment as application/json."),
        (put("{}", headers=CSV), 415, "Send the session as application/json."),
        (post(headers=LATIN_1), 415, "Send the payment in UTF-8, the only charset that is read."),
        (put("{}", headers=GZIP), 415, "Send the session without a Content-Encoding."),
        (put(" " * 8_193), 413, "The body may have at most 8192 bytes."),
        (put("{"), 400, "The body is not one JSON document in UTF-8 without duplicate names."),
        (put("%", isBase64Encoded=True), 400, "The body is not text in UTF-8."),
    ],
)
def test_a_body_that_is_not_read_is_told_why(world, asked, status, detail) -> None:
    answer = Frontend(world)(asked)
    assert (answer.status, answer.body["detail"], answer.body["errors"]) == (status, detail, [])
    assert "Retry-After" not in answer.headers


def test_a_key_of_another_payment_is_told_to_be_new(world) -> None:
    send = Frontend(world)
    send(post())
    answer = send(post(BODY | {"amount_minor": 1}))
    assert answer.body["title"] == "The idempotency key belongs to another request"
    assert answer.body["detail"] == "Use a new Idempotency-Key for a new request."


def test_a_session_that_is_gone_may_have_been_there(world) -> None:
    send = Frontend(world)
    send.sessions = SimpleNamespace(find=lambda *_, **__: None)
    answer = send(session("GET"))
    assert (answer.status, answer.body["detail"]) == (
        404,
        "There is no such session here, or not any more.",
    )


UNCHANGED = "Repeat the request unchanged: {}."


@pytest.mark.parametrize(
    ("asked", "change", "detail"),
    [
        (post(), {"lease": None}, UNCHANGED.format("H20_no_lease")),
        (post(), {"when_lease_read": fail(LeaseUnknown("x"))}, UNCHANGED.format("H10_lease_unknown")),
        (
            post(),
            {"when_accepted": fail(JournalUnavailable("x"))},
            UNCHANGED.format("the journal does not answer"),
        ),
        (post(), {"when_recorded": fail(StaleEpoch(7))}, UNCHANGED.format("H70_fenced")),
        (get(UNKNOWN_ID), {"when_found": fail(DatabaseUnavailable("x"))}, "The ledger does not answer."),
        (session("GET"), {}, UNCHANGED.format("the sessions do not answer")),
    ],
)
def test_what_may_succeed_in_a_moment_is_told_to_come_again(world, asked, change, detail) -> None:
    vars(world).update(change)
    send = Frontend(world)
    send.sessions = SimpleNamespace(find=fail(SessionsUnavailable("x")))
    answer = send(asked)
    assert (answer.status, answer.body["detail"], answer.headers["Retry-After"]) == (503, detail, "1")


def test_a_request_that_meets_a_handover_is_told_so(world) -> None:
    handover = Handover(to="us-west-2", kind=Kind.SWITCHOVER, attempt=1)
    world.lease = world.lease.draining(handover, now_ms=world.now_ms)
    headers = {"idempotency-key": "order-0001", "x-forwarded-by": "us-west-2"}
    assert Frontend(world)(post(headers=headers)).body["detail"] == UNCHANGED.format("H40_not_active")


def test_a_request_whose_holder_changed_on_the_way_is_told_so(world) -> None:
    with pytest.raises(InTransit) as caught:
        flow_in(world).must_still_be_held_by("us-west-2")
    assert caught.value.detail == UNCHANGED.format("H30_not_holder")
