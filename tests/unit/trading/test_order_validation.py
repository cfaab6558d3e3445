"""What is no order is refused by name, and nothing is written."""

import json

import pytest

from tests.unit.trading.conftest import TERMS
from trading.order import Cancel, Order, parse, read

SYMBOL = "must be 1 to 12 characters of A-Z 0-9 and dots, the first one no dot"


@pytest.mark.parametrize(
    ("change", "field", "message"),
    [
        ({"side": "hold"}, "side", "must be buy or sell"),
        ({"time_in_force": "fok"}, "time_in_force", "must be day or gtc"),
        (
            {"symbol": "acme"},
            "symbol",
            SYMBOL,
        ),
        (
            {"symbol": "ACME\n"},
            "symbol",
            SYMBOL,
        ),
        ({"symbol": 1}, "symbol", "must be of type string"),
        ({"quantity": 0}, "quantity", "must be at least 1"),
        ({"quantity": 1.5}, "quantity", "must be of type integer"),
        ({"quantity": True}, "quantity", "must be of type integer"),
        ({"quantity": "100"}, "quantity", "must be of type integer"),
        ({"quantity": 10**400}, "quantity", "must be at most 1000000000"),
        ({"limit_minor": -1}, "limit_minor", "must be at least 1"),
        ({"currency": "XTS"}, "currency", "must be the ISO 4217 code of a currency that is money"),
    ],
)
def test_each_wrong_field_is_named(region, world, change, field, message):
    answer = region.place(TERMS | change)
    assert (answer.status, answer.content_type) == (400, "application/problem+json")
    assert {"field": field, "message": message} in answer.body["errors"]
    assert world.entries == {}


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        (json.dumps(TERMS | {"account": "1"}).encode(), {}, 400),
        (json.dumps(TERMS).replace('"quantity"', '"side": "sell", "quantity"').encode(), {}, 400),
        (b"[]", {}, 400),
        (b"{", {}, 400),
        (b"\xff", {}, 400),
        (json.dumps(TERMS | {"symbol": "A" * 9_000}).encode(), {}, 413),
        (json.dumps(TERMS).encode(), {"content-type": "text/plain"}, 415),
        (json.dumps(TERMS).encode(), {"content-type": "application/json; charset=latin-1"}, 415),
        (json.dumps(TERMS).encode(), {"content-encoding": "gzip"}, 415),
        (json.dumps(TERMS).encode(), {"idempotency-key": "cancel:x"}, 400),
    ],
)
def test_what_is_no_order_writes_nothing(region, world, body, headers, status):
    assert region.send("POST /orders", body=body, headers=headers).status == status
    assert world.entries == {}


def test_a_number_that_is_whole_by_its_value_is_one(region):
    body = json.dumps(TERMS).replace("1250", "1250.0").encode()
    assert region.send("POST /orders", body=body).body["limit_minor"] == 1250


@pytest.mark.parametrize("order_id", ["", "1", "{7d0a2d3e-35c5-4a0e-9f6e-000000000000}"])
def test_an_id_is_a_uuid(region, order_id):
    assert [region.find(order_id).status, region.cancel(order_id).status] == [400, 400]


def test_both_kinds_of_request_come_back_from_text_and_row():
    order, cancel = Order(**TERMS), Cancel(cancels="7d0a2d3e-35c5-4a0e-9f6e-000000000000")
    for request in (order, cancel):
        assert parse(request.canonical()) == read(request.row()) == request
        assert request.row().keys() == order.row().keys()
    assert (order.stake(), cancel.stake()) == ({"EUR": 125_000}, {})
    newer = json.dumps({**json.loads(order.canonical()), "strategy": "vwap"})
    assert parse(newer) == order


@pytest.mark.parametrize(
    "text",
    [
        "[]",
        "{}",
        '{"cancels": "x"}',
        json.dumps(TERMS | {"quantity": "1"}),
        json.dumps(TERMS | {"quantity": True}),
    ],
)
def test_what_cannot_be_read_says_so(text):
    with pytest.raises((KeyError, TypeError, ValueError)):
        parse(text)


def test_the_digest_of_an_order_is_what_it_was_in_the_first_release():
    assert Order(**TERMS).digest() == "0d92ff579dd2490591779e5b25e2277c65d48bf160f343d98291c7fa64034e22"
