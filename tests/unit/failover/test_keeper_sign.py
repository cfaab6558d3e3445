from types import SimpleNamespace

import pytest

from failover.keeper_sign import KeeperSign
from failover.lease_table import LeaseTable, LeaseUnknown

from .scene import LEASE, NOW, TTL, WEST


def sign_of(region, client, table="lease"):
    return KeeperSign(client, table, system="payments", region=region, term_ms=TTL)


@pytest.mark.parametrize(
    ("passed_ms", "fresh"), [(0, True), (TTL, True), (TTL + 1, False), (-TTL, True), (-TTL - 1, False)]
)
def test_a_keeper_that_was_silent_for_a_term_or_whose_clock_is_wrong_left_no_sign(dynamodb, passed_ms, fresh):
    sign = sign_of(WEST, dynamodb)
    sign.leave(NOW - 5 * TTL)
    sign.leave(NOW)
    assert sign.is_fresh(NOW + passed_ms) is fresh


def test_each_region_has_its_own_and_the_lease_stays_as_it_is(dynamodb, put):
    put(LEASE)
    here, there = sign_of("eu-north-1", dynamodb), sign_of("eu-south-1", dynamodb)
    here.leave(NOW)
    assert (here.is_fresh(NOW), there.is_fresh(NOW)) == (True, False)
    assert LeaseTable(dynamodb, "lease", "payments").read() == LEASE


def test_it_is_read_strongly_consistent():
    """An emulator's reads always are, so only the request can tell."""
    requests = []
    client = SimpleNamespace(get_item=lambda **request: requests.append(request) or {})
    sign_of(WEST, client).is_fresh(NOW)
    assert [request["ConsistentRead"] for request in requests] == [True]


def test_a_table_that_does_not_answer_is_unknown(dynamodb):
    sign = sign_of(WEST, dynamodb, table="elsewhere")
    with pytest.raises(LeaseUnknown, match=r"was not written: .*ResourceNotFound"):
        sign.leave(NOW)
    with pytest.raises(LeaseUnknown, match=r"cannot be read: .*ResourceNotFound"):
        sign.is_fresh(NOW)


@pytest.mark.parametrize("item", [{}, {"ticked_at_ms": {"S": "now"}}, {"ticked_at_ms": {"N": "1.5"}}])
def test_an_item_that_is_no_sign_is_unknown(item):
    client = SimpleNamespace(get_item=lambda **_: {"Item": {"system": {"S": "x"}, **item}})
    with pytest.raises(LeaseUnknown, match="cannot be read"):
        sign_of(WEST, client).is_fresh(NOW)
