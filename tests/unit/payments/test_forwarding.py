"""Two regions with one lease between them: who answers, and how often a request travels."""

from dataclasses import replace
from http import HTTPStatus

import pytest

from failover.lease import LeaseState
from intake.errors import PeerUnavailable
from intake.peer import Call, PeerAnswer
from payments import handler as module
from tests.unit.payments.service import BODY, Frontend, event, fail, get, post

UNKNOWN_ID = "7d0a2d3e-35c5-4a0e-9f6e-0a4bd2a2c001"
MARK = "x-forwarded-by"


class Wire:
    """Carries calls to another region's function, the way API Gateway would."""

    def __init__(self, to: Frontend) -> None:
        self.to = to
        self.calls: list[tuple[str, Call, float]] = []

    def send(self, region: str, call: Call, *, within_s: float) -> PeerAnswer:
        self.calls.append((region, call, within_s))
        headers = {name.lower(): value for name, value in call.headers.items()}
        if call.method == "POST":
            arrived = event("POST /payments", body=call.body.decode(), headers=headers)
        else:
            arrived = get(call.path.rpartition("/")[2], headers=headers)
        answer = self.to(arrived | {"requestContext": {"requestId": "request-2"}})
        sent = {name.lower(): value for name, value in answer.headers.items()}
        return PeerAnswer(status=HTTPStatus(answer.status), headers=sent, body=answer.body)


@pytest.fixture
def wires(world, monkeypatch):
    """A region without the lease (west) that reaches the holder (east), and the other way round."""
    monkeypatch.setattr(module, "now_ms", world.clock)
    east, west = Frontend(world, "us-east-1"), Frontend(world, "us-west-2")
    west.peer, east.peer = Wire(east), Wire(west)
    return east, west


def marked(**headers: str) -> dict[str, str]:
    return {"idempotency-key": "order-0001", "content-type": "application/json", **headers}


def test_a_payment_is_passed_on_to_the_holder_and_its_answer_back(wires, world) -> None:
    _, west = wires
    answer = west(post())
    assert (answer.status, answer.body["status"]) == (201, "settled")
    assert answer.headers == {
        "Content-Type": "application/json",
        "Cache-Control": "no-store",
        "Location": f"/payments/{answer.body['payment_id']}",
        "X-Request-Id": "request-2",
        "X-Region": "us-east-1",
        "X-Epoch": "7",
        "X-Forwarded-By": "us-west-2",
    }
    assert world.epochs == {"order-0001": (7, "us-east-1")}


def test_it_travels_once_marked_within_the_deadline_and_with_nothing_else(wires) -> None:
    _, west = wires
    west(post(BODY, headers=marked(cookie="session=1", **{"x-other": "1\r\nx-region: forged"})))
    [(region, call, within_s)] = west.peer.calls
    assert (region, call.method, call.path, within_s) == ("us-east-1", "POST", "/payments", 9.0)
    assert call.headers == {
        "Content-Type": "application/json",
        "Idempotency-Key": "order-0001",
        "X-Forwarded-By": "us-west-2",
    }


def test_a_repeated_request_gets_the_same_payment_by_either_way(wires) -> None:
    east, west = wires
    assert west(post()).text == east(post()).text == west(post()).text


@pytest.mark.parametrize("mark", ["us-east-1", "", "anything"])
def test_a_marked_request_never_travels_again_whoever_marked_it(wires, mark) -> None:
    _, west = wires
    answer = west(post(headers=marked(**{MARK: mark})))
    assert (answer.status, answer.headers["Retry-After"], west.peer.calls) == (503, "1", [])
    assert answer.headers["X-Region"] == "us-west-2"
    assert "X-Forwarded-By" not in answer.headers


def test_two_regions_that_disagree_about_the_holder_do_not_loop(wires, world) -> None:
    """The holder changes while the request travels: both regions would send it to the other one.

    The one that was sent away looks again, and finds that the request is its own by now.
    """
    east, west = wires
    west(get(UNKNOWN_ID))  # west remembers for half a second that east holds the lease
    world.lease = replace(world.lease, epoch=8, holder="us-west-2")
    east.peer.calls.clear()
    west.peer.calls.clear()
    vars(east).pop("built")  # east reads the lease anew
    world.now_ms += 400
    answer = west(post())
    assert (answer.status, answer.headers["X-Region"], answer.headers["X-Epoch"]) == (201, "us-west-2", "8")
    assert (len(west.peer.calls), east.peer.calls) == (1, [])


@pytest.mark.parametrize(
    "changed",
    [
        {"state": LeaseState.TAKING},
        {"state": LeaseState.DRAINING},
        {"expires_at_ms": 1_002_000},
        {"expires_at_ms": 0},
    ],
)
def test_without_a_valid_holder_nothing_travels(wires, world, changed) -> None:
    _, west = wires
    world.lease = replace(world.lease, **changed)
    answer = west(post())
    assert (answer.status, answer.headers["Retry-After"], west.peer.calls) == (503, "1", [])


def test_an_expired_lease_of_its_own_sends_nobody_away_in_circles(wires, world) -> None:
    east, _ = wires
    world.lease = replace(world.lease, expires_at_ms=0)
    assert (east(post()).status, east.peer.calls) == (503, [])


def test_a_bad_request_is_refused_where_it_came(wires) -> None:
    _, west = wires
    answer = west(post({}))
    assert (answer.status, answer.headers["X-Region"], west.peer.calls) == (400, "us-west-2", [])


def test_a_holder_that_is_silent_is_a_retry(wires, world) -> None:
    _, west = wires
    west.peer.send = fail(PeerUnavailable("no answer"))
    answer = west(post())
    assert (answer.status, answer.headers["Retry-After"], answer.headers["X-Region"]) == (
        503,
        "1",
        "us-west-2",
    )
    assert (world.entries, [set(found) for found in west.measured]) == (
        {},
        [{"PaymentsUnavailable", "PaymentLatency"}],
    )


@pytest.mark.parametrize(
    ("gone_ms", "status", "waits_s"),
    [(8_000, 201, [1.0]), (8_500, 201, [0.5]), (8_501, 503, []), (-200, 201, [9.0])],
)
def test_the_time_that_is_left_is_all_that_the_holder_gets(wires, world, gone_ms, status, waits_s) -> None:
    """What is left must be half a second: with less, the client is told to ask the holder itself."""
    _, west = wires

    def slow() -> None:
        world.now_ms += gone_ms
        world.when_lease_read = lambda: None

    world.when_lease_read = slow
    answer = west(post())
    assert (answer.status, [within_s for _, _, within_s in west.peer.calls]) == (status, waits_s)
    assert status == 201 or "H30_not_holder" in answer.body["detail"]


def test_a_payment_whose_region_loses_the_lease_on_the_way_is_finished_by_the_next_holder(
    wires, world
) -> None:
    east, west = wires

    def handed_over() -> None:
        world.lease = replace(world.lease, epoch=8, holder="us-west-2")
        world.now_ms += 1_000

    world.when_recorded = handed_over
    answer = east(post())
    assert (answer.status, answer.headers["X-Region"], answer.headers["X-Epoch"]) == (201, "us-west-2", "8")
    assert len(world.rows) == 1
    assert west.peer.calls == []


def test_a_payment_that_a_replica_lacks_is_asked_of_the_holder(wires) -> None:
    _, west = wires
    answer = west(get(UNKNOWN_ID))
    assert (answer.status, answer.headers["X-Region"]) == (404, "us-east-1")
    [(_, call, _)] = west.peer.calls
    assert (call.method, call.path, call.body) == ("GET", f"/payments/{UNKNOWN_ID}", None)


@pytest.mark.parametrize("route", ["GET /health/live", "GET /health/ready", "GET /openapi.json"])
def test_health_never_travels(wires, route) -> None:
    _, west = wires
    answer = west(event(route))
    assert (answer.status, answer.headers["X-Region"], west.peer.calls) == (200, "us-west-2", [])


def test_forwarded_payments_are_counted_as_such(wires) -> None:
    east, west = wires
    west(post())
    assert set(west.measured[0]) == {"PaymentsForwarded", "PaymentLatency"}
    assert set(east.measured[0]) == {"PaymentsSettled", "PaymentLatency"}
