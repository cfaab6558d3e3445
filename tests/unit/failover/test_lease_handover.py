"""The operator's changes of the lease: each one conditional on what was seen."""

from dataclasses import replace

import pytest

from failover.decision import Action
from failover.keeper import Keeper
from failover.lease import IN_TRANSIT_MS, Automation, Handover, Kind, LeaseState
from failover.lease_item import from_item, to_item
from failover.lease_table import LeaseLost

from .scene import EAST, LEASE, NOW, POLICY, SKEW, TTL, WEST
from .test_decision import DRAINING as DRAINING_SEEN
from .test_decision import GIVE_UP

HANDOVER = Handover(to=WEST, kind=Kind.FAILBACK, attempt=2)
DRAINING = LEASE.draining(HANDOVER, now_ms=NOW)
FAILED_OVER = replace(LEASE, kind=Kind.FAILOVER, automation=Automation.PAUSED)


@pytest.mark.parametrize("lease", [LEASE, DRAINING, replace(LEASE, previous_holder=None, attempt=3)])
def test_a_lease_survives_the_table(lease):
    assert from_item(to_item(lease)) == lease


def test_draining_changes_neither_epoch_nor_expiry_nor_automation(leases, put, clock):
    put(replace(LEASE, expires_at_ms=NOW + 5, automation=Automation.PAUSED))
    drained = leases.drain(LEASE, HANDOVER, now_ms=NOW + 1)
    assert drained == replace(
        LEASE,
        state=LeaseState.DRAINING,
        handover=HANDOVER,
        changed_at_ms=NOW + 1,
        expires_at_ms=NOW + 5,
        automation=Automation.PAUSED,
    )


HANDED = DRAINING.handed_over(HANDOVER, now_ms=NOW)
EXPIRY = LEASE.expires_at_ms


@pytest.mark.parametrize(
    ("lease", "now_ms", "moves"),
    [
        (DRAINING, NOW, True),
        (HANDED, NOW, True),
        (replace(DRAINING, kind=Kind.FAILOVER), NOW, True),
        (LEASE, NOW, False),
        (replace(LEASE, kind=Kind.SWITCHOVER), NOW, False),
        (replace(HANDED, kind=Kind.FAILOVER), NOW, False),
        (DRAINING, NOW + IN_TRANSIT_MS - 1, True),
        (DRAINING, NOW + IN_TRANSIT_MS, False),
        (replace(DRAINING, changed_at_ms=EXPIRY), EXPIRY - SKEW - 1, True),
        (replace(DRAINING, changed_at_ms=EXPIRY), EXPIRY - SKEW, False),
    ],
)
def test_a_planned_move_is_in_transit_for_a_moment_and_never_past_the_lease(lease, now_ms, moves):
    assert lease.in_transit(now_ms=now_ms, skew_ms=SKEW) is moves


@pytest.mark.parametrize(
    "change", [{"epoch": 8}, {"holder": WEST}, {"state": LeaseState.TAKING}, {"state": LeaseState.DRAINING}]
)
def test_only_the_serving_lease_that_was_seen_is_drained(leases, put, change):
    found = put(replace(LEASE, **change))
    with pytest.raises(LeaseLost):
        leases.drain(LEASE, HANDOVER, now_ms=NOW)
    assert leases.read() == found


def test_a_drain_that_was_called_off_serves_again_and_can_no_longer_be_handed_over(leases, put):
    put(DRAINING)
    assert leases.stay(DRAINING, now_ms=NOW + 1) == replace(LEASE, changed_at_ms=NOW + 1)
    with pytest.raises(LeaseLost):
        leases.hand_over(DRAINING, HANDOVER, now_ms=NOW)


def test_a_lease_that_was_handed_over_does_not_come_back_by_staying(leases, put):
    put(replace(DRAINING, automation=Automation.PAUSED, acknowledged_epoch=4))
    handed = leases.hand_over(DRAINING, HANDOVER, now_ms=NOW + 1)
    assert (handed.epoch, handed.holder, handed.previous_holder, handed.state) == (8, WEST, EAST, "TAKING")
    assert (handed.kind, handed.attempt, handed.handover) == (Kind.FAILBACK, 2, None)
    assert (handed.automation, handed.acknowledged_epoch) == (Automation.PAUSED, 4)
    assert (handed.expires_at_ms, handed.changed_at_ms) == (LEASE.expires_at_ms, NOW + 1)
    with pytest.raises(LeaseLost):
        leases.stay(DRAINING, now_ms=NOW)


def test_a_drain_for_another_attempt_is_not_handed_over(leases, put):
    found = put(LEASE.draining(replace(HANDOVER, attempt=3), now_ms=NOW))
    with pytest.raises(LeaseLost):
        leases.hand_over(DRAINING, HANDOVER, now_ms=NOW)
    assert leases.read() == found


def test_a_failover_ends_a_handover_and_starts_its_own_attempts(leases, put):
    put(DRAINING)
    taken = leases.take_over(DRAINING, by=WEST, now_ms=NOW, ttl_ms=TTL)
    assert (taken.handover, taken.attempt, taken.kind) == (None, 1, Kind.FAILOVER)
    assert taken.automation is Automation.PAUSED


def test_another_attempt_gets_its_time_anew(leases, put):
    held = put(replace(LEASE, state=LeaseState.TAKING, changed_at_ms=0))
    assert leases.retry(held, attempt=2, now_ms=NOW) == replace(held, attempt=2, changed_at_ms=NOW)
    with pytest.raises(LeaseLost):
        leases.retry(held, attempt=3, now_ms=NOW)


def test_another_attempt_of_a_handover_is_the_handovers(leases, put):
    put(DRAINING)
    again = leases.retry(DRAINING, attempt=5, now_ms=NOW + 1)
    assert again == LEASE.draining(replace(HANDOVER, attempt=5), now_ms=NOW + 1)


def test_automation_changes_nothing_else_and_only_in_the_epoch_that_was_seen(leases, put):
    put(replace(FAILED_OVER, expires_at_ms=NOW + 9))
    running = leases.automate(FAILED_OVER, Automation.RUNNING, acknowledged_epoch=7)
    assert running == replace(
        LEASE, expires_at_ms=NOW + 9, automation=Automation.RUNNING, acknowledged_epoch=7
    )
    with pytest.raises(LeaseLost):
        leases.automate(FAILED_OVER, Automation.RUNNING, acknowledged_epoch=8)


@pytest.mark.parametrize(
    ("change", "waits"),
    [
        ({}, True),
        ({"acknowledged_epoch": 6}, True),
        ({"acknowledged_epoch": 7}, False),
        ({"kind": Kind.SWITCHOVER}, False),
        ({"previous_holder": None}, False),
    ],
)
def test_only_a_failover_waits_for_an_acknowledgement(change, waits):
    assert replace(FAILED_OVER, **change).unacknowledged is waits


class Mute:
    def leave(self, _now_ms): ...


def test_the_keeper_calls_a_drain_off_that_does_not_end(leases, put, clock):
    stuck = put(replace(DRAINING_SEEN.lease, changed_at_ms=NOW - GIVE_UP - 1))
    watching = type("Eyes", (), {"observe": lambda _: replace(DRAINING_SEEN, lease=stuck)})()
    keeper = Keeper(observer=watching, leases=leases, takeovers=None, policy=POLICY, beat=None, sign=Mute())
    assert keeper.turn().action is Action.STAY
    assert leases.read() == replace(LEASE, changed_at_ms=NOW)
