import json
from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError
from moto import mock_aws

from durable.event_bus import EventBus
from durable.outbox import DomainEvent
from failover.ports import EventsUnavailable
from runtime.parameters import ParameterUnavailable
from tests.unit import emulated


def event(number: int = 1) -> DomainEvent:
    return DomainEvent(
        event_id=f"event-{number}",
        type="PaymentSettled",
        entry_id=f"payment-{number}",
        id_name="payment_id",
        told={"amount_minor": 1250, "currency": "EUR"},
        epoch=7,
        region="us-east-1",
        settled_at="2026-01-01T00:00:00.000000Z",
    )


class Bus:
    """EventBridge in memory. `refuse` holds the event ids it does not take, `down` the endpoints."""

    def __init__(self) -> None:
        self.calls: list[dict[str, object]] = []
        self.refuse: set[str] = set()
        self.down: set[str | None] = set()

    def put_events(self, **call: object) -> dict[str, object]:
        self.calls.append(call)
        if call.get("EndpointId") in self.down:
            raise ClientError({"Error": {"Code": "InternalException"}}, "PutEvents")
        entries = [
            {"ErrorCode": "ThrottlingException"}
            if json.loads(entry["Detail"])["event_id"] in self.refuse
            else {"EventId": "1"}
            for entry in call["Entries"]
        ]
        return {"Entries": entries, "FailedEntryCount": len(self.refuse)}


@pytest.fixture
def client() -> Bus:
    return Bus()


def bus_on(client: object, parameters: dict[str, str], *, globally: bool = True) -> EventBus:
    def get(name: str) -> str:
        if name not in parameters:
            raise ParameterUnavailable(name)
        return parameters[name]

    return EventBus("us-west-2", client, SimpleNamespace(get=get), "payments", globally=globally)


ALL = {"events/bus": "payments-events-test", "events/endpoint": "abc.veo"}


def test_events_go_through_the_global_endpoint(client) -> None:
    assert bus_on(client, ALL).publish([event(1), event(2)]) == ["event-1", "event-2"]
    [call] = client.calls
    assert call["EndpointId"] == "abc.veo"
    entry = call["Entries"][0]
    assert (entry["EventBusName"], entry["Source"]) == ("payments-events-test", "payments")
    assert entry["DetailType"] == "PaymentSettled"
    assert json.loads(entry["Detail"]) == {
        "event_id": "event-1",
        "type": "PaymentSettled",
        "payment_id": "payment-1",
        "amount_minor": 1250,
        "currency": "EUR",
        "epoch": 7,
        "region": "us-east-1",
        "settled_at": "2026-01-01T00:00:00.000000Z",
        "published_in": "us-west-2",
    }


@pytest.mark.parametrize(
    ("parameters", "globally"), [({"events/bus": ALL["events/bus"]}, True), (ALL, False)]
)
def test_without_an_endpoint_that_can_be_used_they_go_on_the_regions_bus(
    client, parameters, globally
) -> None:
    assert bus_on(client, parameters, globally=globally).publish([event()]) == ["event-1"]
    assert [set(call) for call in client.calls] == [{"Entries"}]


def test_an_endpoint_that_fails_falls_back_to_the_regions_bus(client) -> None:
    client.down = {"abc.veo"}
    assert bus_on(client, ALL).publish([event()]) == ["event-1"]
    assert [call.get("EndpointId") for call in client.calls] == ["abc.veo", None]


def test_what_the_bus_refuses_is_not_published(client) -> None:
    client.refuse = {"event-2"}
    assert bus_on(client, ALL).publish([event(1), event(2), event(3)]) == ["event-1", "event-3"]


def test_no_bus_yet(client) -> None:
    with pytest.raises(EventsUnavailable, match="no bus"):
        bus_on(client, {}).publish([event()])
    assert client.calls == []


def test_a_bus_that_does_not_answer(client) -> None:
    client.down = {"abc.veo", None}
    with pytest.raises(EventsUnavailable, match="payments-events-test"):
        bus_on(client, ALL).publish([event()])


def test_a_silent_bus_is_unavailable_too(monkeypatch, client) -> None:
    def silent(**_: object) -> None:
        raise ConnectTimeoutError(endpoint_url="events")

    monkeypatch.setattr(client, "put_events", silent)
    with pytest.raises(EventsUnavailable):
        bus_on(client, ALL).publish([event()])


@pytest.fixture
def eventbridge() -> Iterator[object]:
    with mock_aws():
        client = emulated.client("events")
        client.create_event_bus(Name=ALL["events/bus"])
        yield client


def test_eventbridge_takes_the_entries(eventbridge) -> None:
    assert bus_on(eventbridge, ALL, globally=False).publish([event(1), event(2)]) == [
        "event-1",
        "event-2",
    ]


@pytest.mark.parametrize("code", ["ValidationException", "RequestEntityTooLargeException"])
def test_an_event_that_makes_the_bus_refuse_the_whole_call_keeps_no_other_back(client, code) -> None:
    put = client.put_events

    def strict(**call: object) -> dict[str, object]:
        if any(json.loads(entry["Detail"])["event_id"] == "event-2" for entry in call["Entries"]):
            raise ClientError({"Error": {"Code": code}}, "PutEvents")
        return put(**call)

    client.put_events = strict
    assert bus_on(client, ALL).publish([event(1), event(2), event(3)]) == ["event-1", "event-3"]


def test_an_endpoint_that_takes_nothing_falls_back_to_the_regions_bus(client) -> None:
    put = client.put_events

    def lost(**call: object) -> dict[str, object]:
        answer = put(**call)
        if "EndpointId" in call:
            return {"Entries": [{"ErrorCode": "InternalFailure"} for _ in answer["Entries"]]}
        return answer

    client.put_events = lost
    assert bus_on(client, ALL).publish([event(1), event(2)]) == ["event-1", "event-2"]


@pytest.mark.parametrize(
    "entry", [{}, {"EventId": None, "ErrorCode": "ThrottlingException"}, {"EventId": ""}]
)
def test_an_entry_without_an_id_is_not_published(client, entry) -> None:
    client.put_events = lambda **_: {"Entries": [entry, {"EventId": "1"}]}
    assert bus_on(client, ALL).publish([event(1), event(2)]) == ["event-2"]


@pytest.mark.parametrize(("answers", "taken"), [(2, ["event-1", "event-2"]), (1, ["event-1"]), (0, None)])
def test_what_was_taken_alone_before_the_bus_fell_silent_is_not_published_again(
    client, answers, taken
) -> None:
    put, served = client.put_events, []

    def throttled(**call: object) -> dict[str, object]:
        if len(call["Entries"]) > 1:
            raise ClientError({"Error": {"Code": "ValidationException"}}, "PutEvents")
        if len(served) == answers:
            raise ClientError({"Error": {"Code": "ThrottlingException"}}, "PutEvents")
        served.append(call)
        return put(**call)

    client.put_events = throttled
    bus = bus_on(client, ALL, globally=False)
    if taken is None:
        with pytest.raises(EventsUnavailable, match="Throttling"):
            bus.publish([event(1), event(2), event(3)])
    else:
        assert bus.publish([event(1), event(2), event(3)]) == taken
