"""Orders placed, looked up, listed and cancelled, whatever the ledger does."""

import json
from http import HTTPStatus
from itertools import permutations
from types import SimpleNamespace
from uuid import UUID

import pytest

from durable.errors import JournalUnavailable
from intake.peer import MAX_ANSWER_BYTES, Call, PeerAnswer
from runtime.database import DatabaseUnavailable
from tests.unit.trading.conftest import TERMS, Region
from trading import desk
from trading.order import Order, Side, TimeInForce
from trading.schemas import FORM, MOST_LIMIT_MINOR, MOST_QUANTITY

NOBODYS = "7d0a2d3e-35c5-4a0e-9f6e-000000000000"


def unanswered() -> None:
    raise JournalUnavailable("away")


def away() -> None:
    raise DatabaseUnavailable("away")


def test_an_order_is_placed_once_whatever_is_sent_again(region, world):
    first, again = region.place(), region.place()
    assert (first.status, first.body["status"]) == (201, "open")
    assert {name: first.body[name] for name in TERMS} == TERMS
    assert (again.status, again.body) == (first.status, first.body)
    assert first.headers["Location"] == f"/orders/{first.body['order_id']}"
    assert len(world.entries) == len(world.rows) == 1
    other = region.place(TERMS | {"quantity": 101})
    assert (other.status, other.body["type"]) == (422, "urn:trading:problem:key-reused")


def test_an_order_that_only_the_journal_has_is_accepted_and_found(region, world):
    world.when_recorded = away
    placed = region.place()
    assert (placed.status, placed.body["status"]) == (202, "accepted")
    assert region.find(placed.body["order_id"]).body["status"] == "accepted"


def test_a_cancelled_order_stays_cancelled_for_everybody_who_asks(region, world):
    order_id = region.place().body["order_id"]
    assert region.open_orders() == [order_id]
    first, again = region.cancel(order_id), region.cancel(order_id)
    assert (first.status, first.body["status"]) == (again.status, again.body["status"]) == (200, "cancelled")
    assert len(world.entries) == 2
    assert region.find(order_id).body["status"] == "cancelled"
    assert region.place().body["status"] == "cancelled"
    assert region.open_orders() == []


def test_a_cancellation_that_only_the_journal_has_is_told_at_once(region, world):
    order_id = region.place().body["order_id"]
    world.when_recorded = away
    assert (region.cancel(order_id).status, region.cancel(order_id).body["status"]) == (202, "cancelled")
    assert region.find(order_id).body["status"] == "cancelled"


def test_while_the_ledger_is_away_an_accepted_order_is_repeated_and_found(region, world):
    world.when_recorded = world.when_found = away
    placed, again = region.place(), region.place()
    assert (again.status, again.body) == (202, placed.body)
    order_id = placed.body["order_id"]
    assert region.find(order_id).body["status"] == "accepted"
    assert region.cancel(order_id).status == 202
    assert [one.body["status"] for one in (region.find(order_id), region.place())] == ["cancelled"] * 2


def test_while_the_ledger_is_away_nobody_says_that_a_cancellation_failed(region, world):
    """It is journalled, it may be recorded, and the client was told nothing."""
    world.when_recorded = world.when_found = away
    order_id = region.place().body["order_id"]
    world.when_promised = unanswered
    assert (region.cancel(order_id).status, region.find(order_id).status) == (503, 503)


def test_an_order_that_waits_in_the_journal_can_be_cancelled(region, world):
    world.when_recorded = away
    order_id = region.place().body["order_id"]
    assert region.cancel(order_id).status == 202
    assert region.find(order_id).body["status"] == "cancelled"


@pytest.mark.parametrize("order", list(permutations(range(4))))
def test_T07_a_replay_in_any_order_leaves_cancelled_what_was_and_open_what_was(region, world, order):
    kept = region.place(key="order-0001").body["order_id"]
    gone = region.place(key="order-0002").body["order_id"]
    region.place(key="order-0003")
    region.cancel(gone)
    entries = list(world.entries.values())
    world.rows, world.epochs = {}, {}
    for place in order:
        world.record(entries[place], epoch=8, region="us-east-2")
    states = {one: region.find(one).body["status"] for one in (kept, gone)}
    assert states == {kept: "open", gone: "cancelled"}
    assert gone not in region.open_orders()
    assert kept in region.open_orders()


def test_who_did_not_place_it_neither_sees_nor_cancels_it(region, world):
    order_id = region.place(by="ada").body["order_id"]
    assert [region.find(order_id, by="eve").status, region.cancel(order_id, by="eve").status] == [404, 404]
    assert region.find(order_id, by="ada").body["status"] == "open"
    assert region.open_orders() == []
    assert len(world.entries) == 1


def test_a_cancellation_is_no_order(region):
    order_id = region.place().body["order_id"]
    region.cancel(order_id)
    cancellation = desk.Cancel(cancels=order_id).entry_id
    assert [region.find(cancellation).status, region.cancel(cancellation).status] == [404, 404]


def test_an_unknown_order_is_not_found_and_nothing_is_written(region, world):
    assert [region.find(NOBODYS).status, region.cancel(NOBODYS).status] == [404, 404]
    assert world.entries == {}


def test_without_ledger_nobody_says_whether_a_recorded_order_still_stands(region, world):
    order_id = region.place().body["order_id"]
    world.when_found = away
    asked = [region.find(order_id).status, region.cancel(order_id).status]
    assert [*asked, region.send("GET /orders", query={"open": "true"}).status] == [503, 503, 503]
    assert len(world.entries) == 1


def test_open_orders_come_in_pages(region, monkeypatch):
    monkeypatch.setattr("trading.desk.LISTED", 2)
    monkeypatch.setattr("trading.api.LISTED", 2)
    placed = sorted(region.place(key=f"order-000{n}").body["order_id"] for n in range(5))
    first = region.send("GET /orders", query={"open": "true"}).body
    assert [one["order_id"] for one in first["orders"]] == placed[:2]
    assert region.open_orders(after=first["after"]) == placed[2:4]
    last = region.send("GET /orders", query={"open": "true", "after": placed[3]}).body
    assert ([one["order_id"] for one in last["orders"]], "after" in last) == (placed[4:], False)


def test_the_other_region_can_pass_on_the_longest_page_of_open_orders(region, world):
    longest = Order(
        side=max(Side, key=len),
        symbol="A" * 12,
        quantity=MOST_QUANTITY,
        limit_minor=MOST_LIMIT_MINOR,
        currency="EUR",
        time_in_force=max(TimeInForce, key=len),
    )
    ids = [str(UUID(int=number)) for number in range(1, desk.LISTED + 2)]
    world.rows = dict.fromkeys(ids, longest)
    world.principals = dict.fromkeys(ids, "")
    answer = region.send("GET /orders", query={"open": "true"})
    assert (len(answer.body["orders"]), answer.body["after"]) == (desk.LISTED, ids[-2])
    assert len(answer.text.encode()) <= MAX_ANSWER_BYTES
    FORM.read({"content-type": "application/json"}, longest.canonical().encode())


@pytest.mark.parametrize(
    "query", [{}, {"open": "false"}, {"open": "true", "x": "1"}, {"open": "true", "after": "1"}]
)
def test_any_other_question_after_orders_is_refused(region, query):
    assert region.send("GET /orders", query=query).status == 400


def test_a_region_that_does_not_hold_the_lease_says_nothing_of_its_own(world, halt):
    world.lease = world.lease.taken_over(by="us-east-2", now_ms=world.now_ms, ttl_ms=30_000)
    region = Region(world, halt)
    asked = (region.place(), region.find(NOBODYS), region.cancel(NOBODYS))
    assert [answer.status for answer in asked] == [503, 503, 503]
    assert world.entries == {}


def test_health_and_version(region):
    asked = ("/health", "/health/live", "/health/ready", "/health/routable", "/version")
    assert [region.send(f"GET {path}").status for path in asked] == [200] * 5
    assert region.send("GET /version").body == {"version": "trading-1"}
    assert region.send("GET /nothing").status == 404


def test_another_region_passes_every_question_on_to_the_holder(world, halt):
    asked = []

    def send(region: str, call: Call, *, within_s: float) -> PeerAnswer:
        asked.append((region, call.method, call.path, call.headers.get("Idempotency-Key"), call.body))
        return PeerAnswer(status=HTTPStatus.OK, headers={"x-region": region}, body={"status": "open"})

    region = Region(world, halt, "us-east-2", SimpleNamespace(send=send))
    answers = [region.place(), region.find(NOBODYS), region.cancel(NOBODYS)]
    answers.append(region.send("GET /orders", query={"open": "true", "after": NOBODYS}))
    assert [(one.status, one.headers["X-Region"]) for one in answers] == [(200, "us-east-1")] * 4
    path = f"/orders/{NOBODYS}"
    assert asked == [
        ("us-east-1", "POST", "/orders", "order-0001", Order(**TERMS).canonical().encode()),
        ("us-east-1", "GET", path, None, None),
        ("us-east-1", "DELETE", path, None, None),
        ("us-east-1", "GET", f"/orders?open=true&after={NOBODYS}", None, None),
    ]
    assert world.entries == {}


def test_what_was_passed_on_once_is_not_passed_on_again(world, halt):
    region = Region(world, halt, "us-east-2", SimpleNamespace(send=None))
    assert region.place(headers={"x-forwarded-by": "us-east-1"}).status == 503


@pytest.mark.parametrize(
    "other",
    [
        {"key": "synthetic-payments-8"},
        {"key": "order-0001"},
        {"body": json.dumps(TERMS | {"currency": "XTS"}).encode()},
    ],
)
def test_nobody_who_has_not_signed_in_can_fill_the_ledger_with_synthetic_orders(region, world, other):
    assert [region.prove().status for _ in range(2)] == [201, 201]
    assert region.prove(**other).status == 400
    assert len(world.entries) == 1
