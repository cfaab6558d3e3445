"""The kill switch of order entry."""

import json

import pytest

from tests.unit.trading.conftest import TERMS, Region
from trading.halt import Halt, HaltSwitch, HaltUnknown

HALT = Halt(reason="a fat finger", by="arn:aws:iam::123456789012:role/risk", at_ms=1_000_000)


def test_a_halt_refuses_new_orders_in_both_regions_and_says_why(region, world, halt):
    halt.halt(HALT)
    for one in (region, Region(world, halt)):
        answer = one.place()
        assert (answer.status, "a fat finger" in answer.body["detail"]) == (503, True)
    assert (halt.read(), world.entries) == (HALT, {})


def test_what_stands_can_be_cancelled_during_a_halt(region, halt):
    order_id = region.place().body["order_id"]
    halt.halt(HALT)
    assert region.cancel(order_id).body["status"] == "cancelled"
    assert region.find(order_id).status == 200


def test_a_halt_survives_a_takeover(region, world, halt):
    halt.halt(HALT)
    world.lease = world.lease.taken_over(by="us-east-2", now_ms=world.now_ms, ttl_ms=30_000)
    assert halt.read() == HALT


def test_orders_come_in_again_after_it(region, halt):
    halt.halt(HALT)
    halt.resume()
    assert (halt.read(), region.place().status) == (None, 201)


def test_a_takeover_can_prove_itself_during_a_halt(region, halt):
    halt.halt(HALT)
    assert region.prove().status == 201
    money = region.send("POST /synthetic-orders", body=json.dumps(TERMS).encode())
    assert money.body["errors"] == [{"field": "currency", "message": "must be XTS"}]


@pytest.mark.parametrize("item", [{}, {"reason": {"S": "x"}, "by": {"S": "y"}, "at_ms": {"N": "soon"}}])
def test_a_switch_that_cannot_be_read_is_no_open_one(region, world, table, item):
    if item:
        table.put_item(TableName="lease", Item={"system": {"S": "trading#halt"}, "reason": {"S": "?"}})
    else:
        table.delete_table(TableName="lease")
    answer = region.place()
    assert (answer.status, world.entries) == (503, {})
    assert "not known" in answer.body["detail"]


def test_a_switch_that_cannot_be_thrown_says_so(table):
    nowhere = HaltSwitch(table, "nowhere", "trading")
    for throw in (lambda: nowhere.halt(HALT), nowhere.resume):
        with pytest.raises(HaltUnknown):
            throw()
