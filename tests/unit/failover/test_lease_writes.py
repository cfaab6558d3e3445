"""Writes of the lease through a network that loses them, or their answers."""

from dataclasses import replace

import pytest
from botocore.exceptions import ReadTimeoutError

from failover.lease import LeaseState
from failover.lease_table import LeaseLost, LeaseTable, LeaseUnknown

from .scene import EAST, LEASE, NOW, TTL, WEST


class Flaky:
    """DynamoDB behind a network: writes may be lost before or after they arrive, reads may fail."""

    def __init__(self, client) -> None:
        self._client = client
        self.arrives = True
        self.readable = True

    def get_item(self, **request):
        if not self.readable:
            raise ReadTimeoutError(endpoint_url="https://dynamodb")
        return self._client.get_item(**request)

    def put_item(self, **request):
        return self._lose(self._client.put_item, request)

    def update_item(self, **request):
        return self._lose(self._client.update_item, request)

    def _lose(self, write, request):
        if self.arrives:
            write(**request)
        raise ReadTimeoutError(endpoint_url="https://dynamodb")


@pytest.fixture
def flaky(dynamodb) -> Flaky:
    return Flaky(dynamodb)


@pytest.fixture
def far(flaky) -> LeaseTable:
    """The table as seen through a network that loses answers."""
    return LeaseTable(flaky, "lease", "payments")


def test_a_table_that_does_not_answer_makes_the_lease_unknown(far, flaky):
    flaky.readable = False
    with pytest.raises(LeaseUnknown, match="Read timeout"):
        far.read()


WRITES = {
    "create": lambda table: table.create(holder=EAST, now_ms=NOW, ttl_ms=TTL),
    "renew": lambda table: table.renew(LEASE, expires_at_ms=NOW + 99_000),
    "take_over": lambda table: table.take_over(LEASE, by=WEST, now_ms=NOW, ttl_ms=TTL),
    "activate": lambda table: table.activate(replace(LEASE, state=LeaseState.TAKING), now_ms=NOW),
}


@pytest.fixture
def before(put):
    """Puts the table into the state that a write starts from."""

    def before(name: str) -> None:
        if name != "create":
            put(replace(LEASE, state=LeaseState.TAKING) if name == "activate" else LEASE)

    return before


@pytest.mark.parametrize("name", WRITES)
def test_a_write_whose_answer_was_lost_is_settled_by_reading(leases, far, before, name):
    before(name)
    assert WRITES[name](far) == leases.read()


@pytest.mark.parametrize("name", WRITES)
def test_a_write_that_did_not_arrive_is_unknown(leases, far, flaky, before, name):
    before(name)
    found = leases.read()
    flaky.arrives = False
    with pytest.raises(LeaseUnknown, match="did not arrive"):
        WRITES[name](far)
    assert leases.read() == found


@pytest.mark.parametrize("name", WRITES)
def test_a_write_that_cannot_be_read_back_is_no_success(far, flaky, before, name):
    before(name)
    flaky.readable = False
    with pytest.raises(LeaseUnknown, match="cannot read"):
        WRITES[name](far)


def test_the_refusal_of_a_repeated_write_is_told_from_a_loss(leases, dynamodb, put):
    """The client's own retry may repeat a write that had arrived: its condition then fails."""

    class Repeating:
        get_item = staticmethod(dynamodb.get_item)

        @staticmethod
        def update_item(**request):
            dynamodb.update_item(**request)
            return dynamodb.update_item(**request)

    put(LEASE)
    taken = LeaseTable(Repeating(), "lease", "payments").take_over(LEASE, by=WEST, now_ms=NOW, ttl_ms=TTL)
    assert taken.holder == WEST
    assert leases.read() == taken


def test_a_write_that_was_overtaken_before_it_was_read_back_is_lost(dynamodb, put):
    class Overtaken:
        get_item = staticmethod(dynamodb.get_item)

        @staticmethod
        def update_item(**request):
            dynamodb.update_item(**request)
            put(replace(LEASE, epoch=9, holder="us-east-2"))

    put(LEASE)
    with pytest.raises(LeaseLost, match="us-east-2"):
        LeaseTable(Overtaken(), "lease", "payments").renew(LEASE, expires_at_ms=NOW + 99_000)
