from dataclasses import replace

import pytest

from failover.lease import Automation, Handover, Kind, Lease, LeaseState
from failover.lease_item import from_item, to_item

from .scene import EAST, LEASE, NOW, SKEW, TTL, WEST

EXPIRY = LEASE.expires_at_ms


@pytest.mark.parametrize(
    ("change", "region", "now_ms", "may"),
    [
        ({}, EAST, NOW, True),
        ({}, EAST, EXPIRY - SKEW - 1, True),
        ({}, EAST, EXPIRY - SKEW, False),
        ({}, WEST, NOW, False),
        ({"state": LeaseState.TAKING}, EAST, NOW, False),
        ({"state": LeaseState.DRAINING}, EAST, NOW, False),
        ({"automation": Automation.PAUSED}, EAST, NOW, True),
        ({"expires_at_ms": NOW + TTL + 2 * SKEW}, EAST, NOW, True),
        ({"expires_at_ms": NOW + TTL + 2 * SKEW + 1}, EAST, NOW, False),
    ],
)
def test_only_the_active_holder_acknowledges_and_only_before_the_skew(change, region, now_ms, may):
    assert replace(LEASE, **change).acknowledges(region, now_ms=now_ms, ttl_ms=TTL, skew_ms=SKEW) is may


@pytest.mark.parametrize(("now_ms", "expired"), [(EXPIRY + SKEW, False), (EXPIRY + SKEW + 1, True)])
def test_a_lease_is_expired_only_after_the_skew(now_ms, expired):
    assert LEASE.expired(now_ms=now_ms, skew_ms=SKEW) is expired


@pytest.mark.parametrize("difference", range(-2 * SKEW, 2 * SKEW + 1, 250))
def test_clocks_may_differ_by_twice_the_skew(difference):
    """Whenever the challenger sees the lease as expired, the holder has stopped acknowledging."""
    for challenger_now in range(EXPIRY - 3 * SKEW, EXPIRY + 3 * SKEW, 250):
        if LEASE.expired(now_ms=challenger_now, skew_ms=SKEW):
            holder_now = challenger_now + difference
            assert not LEASE.acknowledges(EAST, now_ms=holder_now, ttl_ms=TTL, skew_ms=SKEW)


@pytest.mark.parametrize("ahead_ms", [0, 300_000])
def test_a_new_epoch_remembers_how_far_ahead_the_clock_of_any_holder_before_was(ahead_ms):
    """Its own expiry is by another clock; what came by the old one is found by the old one's."""
    before = replace(LEASE, expires_at_ms=EXPIRY + ahead_ms)
    planned = Handover(to=WEST, kind=Kind.SWITCHOVER, attempt=1)
    now = {"now_ms": EXPIRY + 5_000, "ttl_ms": TTL}
    successors = [
        before.taken_over(by=WEST, **now),
        before.taken_back(by=WEST, **now),
        before.draining(planned, now_ms=NOW).handed_over(planned, now_ms=NOW),
        Lease.again("payments", before, holder=EAST, epoch=9, **now),
    ]
    for after in successors:
        assert after.acknowledged_until_ms == max(before.expires_at_ms, after.expires_at_ms)
        later = replace(after, expires_at_ms=after.expires_at_ms + 1).taken_over(by=EAST, **now)
        assert later.acknowledged_until_ms >= before.expires_at_ms


def test_nobody_knows_how_far_ahead_the_clock_of_a_lease_was_that_was_removed():
    anew = Lease.again("payments", None, holder=EAST, epoch=9, now_ms=NOW, ttl_ms=TTL)
    assert anew.acknowledged_until_ms == anew.expires_at_ms


def test_a_lease_that_older_code_wrote_tells_its_own_expiry():
    item = {name: value for name, value in to_item(LEASE).items() if name != "latest_expiry_ms"}
    assert from_item(item).acknowledged_until_ms == LEASE.expires_at_ms


def test_the_first_lease():
    assert Lease.first("payments", holder=EAST, now_ms=NOW, ttl_ms=TTL) == Lease(
        system="payments",
        epoch=1,
        holder=EAST,
        state=LeaseState.TAKING,
        expires_at_ms=NOW + TTL,
        automation=Automation.RUNNING,
        changed_at_ms=NOW,
        previous_holder=None,
    )


def test_a_takeover_begins_an_epoch_and_pauses_automation():
    later = EXPIRY + 5_000
    planned = Handover(to=WEST, kind=Kind.SWITCHOVER, attempt=2)
    before = replace(LEASE, kind=Kind.SWITCHOVER, attempt=3, handover=planned)
    assert before.taken_over(by=WEST, now_ms=later, ttl_ms=TTL) == Lease(
        system="payments",
        epoch=8,
        holder=WEST,
        state=LeaseState.TAKING,
        expires_at_ms=later + TTL,
        automation=Automation.PAUSED,
        changed_at_ms=later,
        previous_holder=EAST,
        kind=Kind.FAILOVER,
        attempt=1,
        handover=None,
        latest_expiry_ms=EXPIRY,
    )
