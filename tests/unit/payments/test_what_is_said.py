"""What an operator reads in the logs and errors when something fails."""

import logging
from types import SimpleNamespace

import pytest
from botocore.exceptions import ConnectTimeoutError

from durable.errors import JournalUnavailable
from durable.event_bus import EventBus
from durable.outbox import DomainEvent
from failover.ports import EventsUnavailable, StaleEpoch
from intake.errors import PeerUnavailable
from runtime.database import DatabaseUnavailable
from tests.unit.payments.service import Frontend, event, fail, post

DOWN = ConnectTimeoutError(endpoint_url="https://events")


def records(caplog, message: str) -> list[logging.LogRecord]:
    return [record for record in caplog.records if record.message == message]


def test_a_payment_that_is_only_accepted_says_why(world, caplog) -> None:
    world.when_recorded = fail(DatabaseUnavailable("the writer is gone"))
    assert Frontend(world)(post()).status == 202
    [said] = records(caplog, "accepted only")
    assert said.reason == "the writer is gone"


def test_an_entry_that_stays_an_intent_says_why(world, caplog) -> None:
    world.when_settled = fail(JournalUnavailable("throttled"))
    assert Frontend(world)(post()).status == 201
    [said] = records(caplog, "left as an intent")
    assert said.reason == "throttled"


def test_a_request_that_could_not_be_passed_on_says_why_and_which(world, caplog) -> None:
    west = Frontend(world, "us-west-2")
    west.peer = SimpleNamespace(send=fail(PeerUnavailable("us-east-1: no answer")))
    assert west(post()).status == 503
    [said] = records(caplog, "not forwarded")
    assert (said.correlation_id, said.reason) == ("request-1", "us-east-1: no answer")


@pytest.mark.parametrize(
    ("headers", "named"), [({"x-request-id": "request-2", "x-region": "us-east-1"}, "request-2"), ({}, "")]
)
def test_a_request_that_was_passed_on_names_its_other_id(world, caplog, headers, named) -> None:
    west = Frontend(world, "us-west-2")
    answer = SimpleNamespace(status=201, headers=headers, body={})
    west.peer = SimpleNamespace(send=lambda *_, **__: answer)
    west(post())
    [said] = records(caplog, "answered")
    assert (said.forwarded_to, said.forwarded_request_id) == ("us-east-1", named)


def test_a_defect_says_where_and_a_client_what_to_do(world, caplog) -> None:
    world.when_accepted = fail(KeyError("4111-1111"))
    answer = Frontend(world)(post())
    [said] = records(caplog, "unexpected error")
    assert (said.route, said.error, said.correlation_id) == ("POST /payments", "KeyError", "request-1")
    assert answer.body["detail"] == (
        "Nothing is known about what was done; repeat the request under the same key."
    )


@pytest.mark.parametrize(
    ("asked", "status", "detail"),
    [
        (event("GET /elsewhere"), 404, "There is no such route."),
        (
            event(
                "GET /payments/{payment_id}",
                pathParameters={"payment_id": "7d0a2d3e-35c5-4a0e-9f6e-0a4bd2a2c001"},
            ),
            404,
            "There is no such payment.",
        ),
    ],
)
def test_what_is_missing_is_said_in_words(world, caplog, asked, status, detail) -> None:
    answer = Frontend(world)(asked)
    assert (answer.status, answer.body["detail"]) == (status, detail)
    [said] = records(caplog, "answered")
    assert (said.problem, said.detail) == ("urn:payments:problem:not-found", detail)


def test_readiness_logs_its_reason(world, caplog) -> None:
    assert Frontend(world)(event("GET /health/ready")).status == 200
    [said] = records(caplog, "answered")
    assert said.reason == "H90_ready"


def test_an_older_epoch_is_named() -> None:
    error = StaleEpoch(7)
    assert (error.epoch, str(error)) == (7, "the ledger's fence is not at epoch 7")


EVENT = DomainEvent(
    event_id="e",
    type="PaymentSettled",
    entry_id="p",
    id_name="payment_id",
    told={"amount_minor": 1, "currency": "EUR"},
    epoch=1,
    region="us-east-1",
    settled_at="2026-01-01T00:00:00Z",
)


def bus(answers) -> EventBus:
    parameters = SimpleNamespace(get={"events/bus": "bus", "events/endpoint": "abc.veo"}.__getitem__)
    return EventBus("us-east-1", SimpleNamespace(put_events=answers), parameters, "payments", globally=True)


def test_an_endpoint_that_failed_is_named_before_the_bus_is_used(caplog) -> None:
    def put_events(*, EndpointId=None, **_: object):  # noqa: N803 - boto3's
        if EndpointId:
            raise DOWN
        return {"Entries": [{"EventId": "1"}]}

    assert bus(put_events).publish([EVENT]) == ["e"]
    [said] = records(caplog, "global endpoint failed")
    assert said.reason == str(DOWN)


@pytest.mark.parametrize("results", [[], [{"EventId": "1"}, {"EventId": "2"}]])
def test_an_answer_about_other_events_is_none(results) -> None:
    with pytest.raises(EventsUnavailable, match=rf"^bus bus: {len(results)} results for 1 entries$"):
        bus(lambda **_: {"Entries": results}).publish([EVENT])


def test_a_bus_that_is_down_is_named() -> None:
    with pytest.raises(EventsUnavailable, match=r"^bus bus: "):
        bus(fail(DOWN)).publish([EVENT])
