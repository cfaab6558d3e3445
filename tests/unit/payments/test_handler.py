"""Whole events in, whole answers out."""

import base64
import json
import threading
from dataclasses import replace
from io import StringIO
from types import SimpleNamespace

import pytest

from durable.errors import JournalUnavailable
from durable.lease_view import ServingStatus
from failover.lease import LeaseState
from failover.lease_table import LeaseUnknown
from intake import whereabouts
from payments import handler as module
from runtime.database import DatabaseUnavailable
from runtime.logs import logger
from tests.unit.payments.service import BODY, Frontend, event, fail, get, post

UNKNOWN_ID = "7d0a2d3e-35c5-4a0e-9f6e-0a4bd2a2c001"
KEY = {"idempotency-key": "order-0001"}
LATIN_1 = json.dumps(BODY | {"debtor": "Zo\xe9"}, ensure_ascii=False).encode("latin-1")


@pytest.fixture
def send(world, monkeypatch):
    frontend = Frontend(world)
    monkeypatch.setattr(module, "now_ms", world.clock)
    return frontend


def test_a_settled_payment(send) -> None:
    answer = send(post())
    payment_id = "7d0a2d3e-35c5-4a0e-9f6e-0a4bd2a2d000"
    wanted = {"payment_id": payment_id, "status": "settled", **BODY, "reference": ""}
    assert (answer.status, answer.body) == (201, wanted)
    assert answer.headers == {
        "Content-Type": "application/json",
        "Cache-Control": "no-store",
        "Location": f"/payments/{payment_id}",
        "X-Request-Id": "request-1",
        "X-Region": "us-east-1",
        "X-Epoch": "7",
    }
    assert send(get(payment_id)).body == wanted


def test_a_repeated_request_gets_the_identical_answer(send) -> None:
    first = send(post())
    again = send(post(dict(reversed(BODY.items()))))
    assert (again.status, again.text, again.headers) == (first.status, first.text, first.headers)


def test_an_accepted_payment_can_be_asked_for_until_it_is_settled_and_after(send, world) -> None:
    world.when_recorded = fail(DatabaseUnavailable("no answer"))
    accepted = send(post())
    assert (accepted.status, accepted.body["status"]) == (202, "accepted")
    assert accepted.headers["Location"] == f"/payments/{accepted.body['payment_id']}"
    asked = send(get(accepted.body["payment_id"]))
    assert (asked.status, asked.body) == (200, accepted.body)
    world.when_recorded = lambda: None
    settled = send(post())
    assert (settled.status, settled.body) == (201, accepted.body | {"status": "settled"})
    assert send(get(accepted.body["payment_id"])).body == settled.body


def test_an_accepted_payment_is_known_in_the_other_region_without_asking_the_holder(send, world) -> None:
    world.when_recorded = fail(DatabaseUnavailable("no answer"))
    payment_id = send(post()).body["payment_id"]
    other = Frontend(world, "us-west-2")
    assert (other(get(payment_id)).status, other(get(payment_id)).body["status"]) == (200, "accepted")


def test_a_payment_that_was_settled_since_is_settled_where_the_ledger_does_not_answer(send, world) -> None:
    world.when_recorded = fail(DatabaseUnavailable("no answer"))
    payment_id = send(post()).body["payment_id"]
    world.settle(world.entries["order-0001"])
    world.when_found = fail(DatabaseUnavailable("no answer"))
    asked = send(get(payment_id))
    assert (asked.status, asked.body["status"]) == (200, "settled")


def test_nothing_is_accepted_that_could_not_be_asked_for(send, world) -> None:
    world.when_recorded = fail(DatabaseUnavailable("no answer"))
    world.when_promised = fail(JournalUnavailable("no answer"))
    answer = send(post())
    assert (answer.status, answer.headers["Retry-After"]) == (503, "1")


def test_nothing_is_accepted_when_it_is_too_late_to_promise_it(send, world) -> None:
    def slow() -> None:
        world.now_ms += 4_001
        raise DatabaseUnavailable("no answer")

    world.when_recorded = slow
    assert (send(post()).status, world.promises) == (503, {})


@pytest.mark.parametrize(
    ("change", "detail"),
    [
        ({"when_asked": fail(JournalUnavailable("no answer"))}, "The journal does not answer."),
        ({"when_found": fail(DatabaseUnavailable("no answer"))}, "The ledger does not answer."),
        (
            {
                "when_found": fail(DatabaseUnavailable("no answer")),
                "when_asked": fail(JournalUnavailable("no answer")),
            },
            "The journal does not answer.",
        ),
    ],
)
def test_that_a_payment_does_not_exist_is_said_only_when_ledger_and_journal_were_asked(
    send, world, change, detail
) -> None:
    vars(world).update(change)
    answer = send(get(UNKNOWN_ID))
    assert (answer.status, answer.body["detail"], answer.headers["Retry-After"]) == (503, detail, "1")


def test_a_journal_that_hangs_does_not_cost_the_request_its_answer(send, world, monkeypatch) -> None:
    monkeypatch.setattr(whereabouts, "JOURNAL_LIMIT_S", 0.01)
    hanging = threading.Event()
    world.when_asked = lambda: hanging.wait(30)
    answer = send(get(UNKNOWN_ID))
    hanging.set()
    assert (answer.status, answer.body["detail"]) == (503, "The journal does not answer.")


def test_a_base64_body_is_the_same_body(send) -> None:
    text = base64.b64encode(json.dumps(BODY).encode()).decode()
    assert send(event("POST /payments", body=text, isBase64Encoded=True)).status == 201


@pytest.mark.parametrize(
    ("request_", "status", "kind", "field"),
    [
        (post(BODY | {"amount_minor": 0}), 400, "invalid", "amount_minor"),
        (post(headers={}), 400, "invalid", "Idempotency-Key"),
        (post(headers={"Idempotency-Key": "short"}), 400, "invalid", "Idempotency-Key"),
        (event("POST /payments"), 400, "malformed", None),
        (event("POST /payments", body="not json"), 400, "malformed", None),
        (event("POST /payments", body="%%%", isBase64Encoded=True), 400, "malformed", None),
        (event("POST /payments", body="\ud800"), 400, "malformed", None),
        (event("POST /payments", body=" " * 8193), 413, "too-large", None),
        (
            post(headers={"idempotency-key": "order-0001", "content-type": "text/csv"}),
            415,
            "not-json",
            None,
        ),
        (post(headers=KEY | {"content-type": "application/json; charset=latin-1"}), 415, "not-utf8", None),
        (post(headers=KEY | {"content-encoding": "gzip"}), 415, "encoded", None),
        (event("POST /payments", body=LATIN_1.decode("utf-8", "replace")), 400, "invalid", "debtor"),
        (
            event("POST /payments", body=base64.b64encode(LATIN_1).decode(), isBase64Encoded=True),
            400,
            "malformed",
            None,
        ),
        (get("17"), 400, "invalid", "payment_id"),
        (get("{" + UNKNOWN_ID + "}"), 400, "invalid", "payment_id"),
        (get(UNKNOWN_ID.replace("-", "")), 400, "invalid", "payment_id"),
        (get(UNKNOWN_ID), 404, "not-found", None),
        (event("GET /elsewhere"), 404, "not-found", None),
    ],
)
def test_a_bad_request_gets_a_problem(send, world, *, request_, status, kind, field) -> None:
    answer = send(request_)
    assert (answer.status, answer.body["status"]) == (status, status)
    assert answer.body["type"] == f"urn:payments:problem:{kind}"
    assert [wrong["field"] for wrong in answer.body["errors"]] == ([field] if field else [])
    assert answer.body["instance"] == answer.headers["X-Request-Id"] == "request-1"
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert (world.entries, world.rows) == ({}, {})


def test_a_key_of_another_payment(send) -> None:
    send(post())
    answer = send(post(BODY | {"amount_minor": 1}))
    assert (answer.status, answer.body["type"]) == (422, "urn:payments:problem:key-reused")


def test_another_regions_takeover_is_a_retry_here(send, world) -> None:
    world.lease = replace(world.lease, holder="us-west-2", state=LeaseState.TAKING)
    answer = send(post())
    assert (answer.status, answer.headers["Retry-After"]) == (503, "1")
    assert "H30_not_holder" in answer.body["detail"]
    assert answer.headers["X-Epoch"] == "7"


def test_an_unknown_lease_has_no_epoch_to_show(send, world) -> None:
    world.when_lease_read = fail(LeaseUnknown("no answer"))
    answer = send(post())
    assert answer.status == 503
    assert "X-Epoch" not in answer.headers


def test_a_replica_does_not_say_that_a_payment_is_unknown(send, world) -> None:
    known = send(post()).body["payment_id"]
    world.lease = replace(world.lease, holder="us-west-2", state=LeaseState.DRAINING)
    world.now_ms += 1_000
    assert (send(get(known)).status, send(get(UNKNOWN_ID)).status) == (200, 503)


def test_live_touches_nothing(send, world) -> None:
    answer = send(event("GET /health/live"))
    assert (answer.status, answer.body, world.reads) == (200, {"region": "us-east-1"}, 0)


@pytest.mark.parametrize("path", ["/health/live", "/health/routable", "/health/ready"])
@pytest.mark.parametrize("serving_status", [ServingStatus.READY, ServingStatus.FENCED])
def test_the_head_of_a_health_path_is_that_of_the_whole_answer(send, path, serving_status) -> None:
    send.readiness = SimpleNamespace(
        check=lambda: serving_status, routable=lambda: serving_status is ServingStatus.READY
    )
    whole, head = send(event(f"GET {path}")), send(event(f"HEAD {path}"))
    assert (head.status, head.headers, head.text) == (whole.status, whole.headers, "")


@pytest.mark.parametrize(
    "payment_id", ["7d0a2d3e-35c5-4a0e-9f6e-0a4bd2a2d000", "0b9b9e3c-9d1b-4a36-8d8c-5a4f3f0f7a01", "none"]
)
def test_the_head_of_a_payment_is_that_of_the_whole_answer(send, payment_id) -> None:
    send(post())
    whole = send(get(payment_id))
    head = send(get(payment_id) | {"routeKey": "HEAD /payments/{payment_id}"})
    assert (head.status, head.headers, head.text) == (whole.status, whole.headers, "")


def test_the_head_of_a_failure_has_no_body_either(send) -> None:
    send.readiness = SimpleNamespace(check=fail(KeyError("oops")))
    head = send(event("HEAD /health/ready"))
    assert (head.status, head.text) == (500, "")


def test_a_quoted_key_is_the_key_inside(send, world) -> None:
    first = send(post(headers={"idempotency-key": '"order-0001"', "content-type": "application/json"}))
    assert (send(post()).text, list(world.entries)) == (first.text, ["order-0001"])


def test_ready(send) -> None:
    answer = send(event("GET /health/ready"))
    assert answer.status == 200
    assert answer.body == {"region": "us-east-1", "ready": True, "reason": "H90_ready"}


@pytest.mark.parametrize(("routable", "status"), [(True, 200), (False, 503)])
def test_routable(send, routable, status) -> None:
    send.readiness = SimpleNamespace(routable=lambda: routable)
    answer = send(event("GET /health/routable"))
    assert (answer.status, answer.body) == (status, {"region": "us-east-1", "routable": routable})


def test_not_ready_says_why(send) -> None:
    send.readiness = SimpleNamespace(check=lambda: ServingStatus.FENCED)
    answer = send(event("GET /health/ready"))
    assert (answer.status, answer.body["reason"]) == (503, "H70_fenced")


def test_one_log_line_a_request_without_personal_data(send, monkeypatch) -> None:
    [output] = logger.handlers
    monkeypatch.setattr(output, "stream", log := StringIO())
    send(post(BODY | {"reference": "for Alan"}))
    [line] = log.getvalue().splitlines()
    logged = json.loads(line)
    assert (logged["correlation_id"], logged["status"]) == ("request-1", 201)
    assert (logged["route"], logged["epoch"]) == ("POST /payments", 7)
    assert not [name for name in ("Ada", "Grace", "Alan", "order-0001") if name in line]


def test_what_nobody_thought_of_is_a_problem_too_and_quotes_nobody(send, world, monkeypatch) -> None:
    [output] = logger.handlers
    monkeypatch.setattr(output, "stream", log := StringIO())
    world.when_accepted = fail(KeyError("Ada"))
    answer = send(post())
    assert (answer.status, answer.body["type"]) == (500, "urn:payments:problem:internal")
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert (answer.headers["X-Region"], answer.headers["X-Epoch"]) == ("us-east-1", "7")
    assert answer.body["instance"] == answer.headers["X-Request-Id"] == "request-1"
    failure = json.loads(log.getvalue().splitlines()[0])
    assert (failure["level"], failure["error"], failure["correlation_id"]) == (
        "ERROR",
        "KeyError",
        "request-1",
    )
    assert [place for place in failure["at"] if place.startswith("request_flow.py:") and "take" in place]
    assert "Ada" not in log.getvalue()


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({}, "PaymentsSettled"),
        ({"when_recorded": fail(DatabaseUnavailable("no answer"))}, "PaymentsAccepted"),
        ({"lease": None}, "PaymentsUnavailable"),
        ({"when_accepted": fail(KeyError("oops"))}, "PaymentsFailed"),
    ],
)
def test_every_payment_is_measured(send, world, change, name) -> None:
    vars(world).update(change)
    send(post())
    [measured] = send.measured
    assert {key: value for key, (_, value) in measured.items()} == {name: 1, "PaymentLatency": 0}


def test_a_refused_payment_is_measured_and_other_requests_are_not(send) -> None:
    send(post({}))
    send(get(UNKNOWN_ID))
    send(event("GET /health/live"))
    [measured] = send.measured
    assert set(measured) == {"PaymentsRefused", "PaymentLatency"}
