from dataclasses import replace
from types import SimpleNamespace

import pytest

from failover.lease import Automation, Kind, Lease, LeaseState
from failover.lease_table import LeaseLost, LeaseTable, LeaseUnknown

from .scene import EAST, LEASE, NOW, TTL, WEST


def test_there_is_no_lease_at_first(leases):
    assert leases.read() is None


@pytest.mark.parametrize("previous", [None, WEST])
def test_what_is_in_the_table_is_read(leases, put, previous):
    lease = put(replace(LEASE, previous_holder=previous))
    assert leases.read() == lease


def test_reads_are_strongly_consistent():
    """An emulator's reads always are, so only the request can tell."""
    requests = []
    client = SimpleNamespace(get_item=lambda **request: requests.append(request) or {})
    LeaseTable(client, "lease", "payments").read()
    assert [request["ConsistentRead"] for request in requests] == [True]


def test_a_table_that_is_not_there_makes_the_lease_unknown(dynamodb):
    with pytest.raises(LeaseUnknown, match="ResourceNotFound"):
        LeaseTable(dynamodb, "elsewhere", "payments").read()


@pytest.mark.parametrize(
    "broken", [{"state": {"S": "LIMBO"}}, {"epoch": {"N": "1.5"}}, {"holder": {"N": "1"}}]
)
def test_an_item_that_is_no_lease_is_unknown(leases, dynamodb, put, broken):
    put(LEASE)
    whole = dynamodb.get_item(TableName="lease", Key={"system": {"S": "payments"}})["Item"]
    dynamodb.put_item(TableName="lease", Item=whole | broken)
    with pytest.raises(LeaseUnknown, match="no valid lease"):
        leases.read()


def test_the_first_lease_is_created_once(leases):
    first = leases.create(holder=EAST, now_ms=NOW, ttl_ms=TTL)
    assert leases.read() == first == Lease.first("payments", holder=EAST, now_ms=NOW, ttl_ms=TTL)
    with pytest.raises(LeaseLost, match=EAST):
        leases.create(holder=WEST, now_ms=NOW, ttl_ms=TTL)


def test_a_renewal_moves_the_expiry_and_nothing_else(leases, put):
    put(LEASE)
    renewed = leases.renew(LEASE, expires_at_ms=NOW + 99_000)
    assert leases.read() == renewed == replace(LEASE, expires_at_ms=NOW + 99_000)


def test_a_renewal_keeps_what_others_changed_meanwhile(leases, put):
    changed = put(replace(LEASE, state=LeaseState.DRAINING, automation=Automation.PAUSED))
    renewed = leases.renew(LEASE, expires_at_ms=NOW + 99_000)
    assert renewed == replace(changed, expires_at_ms=NOW + 99_000)


def test_a_late_renewal_does_not_move_the_expiry_back(leases, put):
    further = put(replace(LEASE, expires_at_ms=NOW + 99_000))
    assert leases.renew(LEASE, expires_at_ms=NOW + 40_000) == further
    assert leases.read() == further


@pytest.mark.parametrize("change", [{"epoch": 8}, {"epoch": 8, "holder": WEST}, {"holder": WEST}])
def test_a_renewal_of_a_lease_that_moved_on_is_lost(leases, put, change):
    moved = put(replace(LEASE, **change))
    with pytest.raises(LeaseLost):
        leases.renew(LEASE, expires_at_ms=NOW + 99_000)
    assert leases.read() == moved


def test_a_takeover_replaces_the_lease_that_was_seen(leases, put):
    put(LEASE)
    taken = leases.take_over(LEASE, by=WEST, now_ms=NOW, ttl_ms=TTL)
    assert leases.read() == taken == LEASE.taken_over(by=WEST, now_ms=NOW, ttl_ms=TTL)


@pytest.mark.parametrize(
    "meanwhile",
    [{"expires_at_ms": NOW + 99_000}, {"automation": Automation.PAUSED}, {"epoch": 9, "holder": "x"}],
)
def test_a_takeover_yields_to_whatever_happened_since(leases, put, meanwhile):
    changed = put(replace(LEASE, **meanwhile))
    with pytest.raises(LeaseLost):
        leases.take_over(LEASE, by=WEST, now_ms=NOW, ttl_ms=TTL)
    assert leases.read() == changed


ABANDONED = LEASE.taken_over(by=WEST, now_ms=NOW, ttl_ms=TTL)


def test_a_lease_is_taken_back_in_the_next_epoch_and_automation_stays_paused(leases, put):
    put(ABANDONED)
    back = leases.take_back(ABANDONED, by=EAST, now_ms=NOW, ttl_ms=TTL)
    assert leases.read() == back
    assert (back.epoch, back.holder, back.previous_holder, back.state) == (9, EAST, WEST, LeaseState.TAKING)
    assert (back.kind, back.automation, back.unacknowledged) == (Kind.BOOTSTRAP, Automation.PAUSED, False)


@pytest.mark.parametrize(
    "meanwhile",
    [{"expires_at_ms": NOW + 99_000}, {"attempt": 2}, {"epoch": 9}, {"automation": Automation.RUNNING}],
)
def test_an_operator_who_starts_the_failover_again_wins_over_who_takes_it_back(leases, put, meanwhile):
    changed = put(replace(ABANDONED, **meanwhile))
    with pytest.raises(LeaseLost):
        leases.take_back(ABANDONED, by=EAST, now_ms=NOW, ttl_ms=TTL)
    assert leases.read() == changed


def test_a_taking_lease_becomes_active_once(leases, put):
    taking = put(replace(LEASE, state=LeaseState.TAKING))
    active = leases.activate(taking, now_ms=NOW)
    assert active == replace(LEASE, changed_at_ms=NOW)
    for seen in (taking, active):
        assert leases.activate(seen, now_ms=NOW + 5_000) == active == leases.read()


@pytest.mark.parametrize("change", [{"epoch": 8}, {"holder": WEST}, {"state": LeaseState.DRAINING}])
def test_a_lease_that_moved_on_is_not_activated(leases, put, change):
    moved = put(replace(LEASE, **{"state": LeaseState.TAKING, **change}))
    with pytest.raises(LeaseLost):
        leases.activate(LEASE, now_ms=NOW)
    assert leases.read() == moved
