from dataclasses import replace

import pytest

from failover.decision import Action, Rule
from failover.lease import Automation, Handover, Kind, LeaseState
from failover.lease_table import LeaseUnknown
from failover.observation import TakeoverFact
from failover.ports import StaleEpoch
from failover.takeover import Takeover
from runtime.database import DatabaseUnavailable

from .region import Region
from .scene import EAST, LEASE, NOW, SKEW, TTL, WEST


@pytest.fixture
def east(leases, clock) -> Region:
    return Region(EAST, leases, clock)


@pytest.fixture
def west(leases, clock) -> Region:
    return Region(WEST, leases, clock)


def test_the_writers_region_takes_the_first_lease_and_bootstraps(east, west, leases):
    assert west.keeper.turn().rule is Rule.NO_LEASE
    assert east.keeper.turn().rule is Rule.FIRST_LEASE
    lease = leases.read()
    assert (lease.epoch, lease.holder, lease.state) == (1, EAST, LeaseState.TAKING)
    assert east.started == [Takeover.of(lease)]
    assert west.started == []


def test_the_holder_renews_and_starts_nothing(east, leases, put, clock):
    put(LEASE)
    clock.now += 10_000
    assert east.keeper.turn().action is Action.RENEW
    assert leases.read() == replace(LEASE, expires_at_ms=NOW + 10_000 + TTL)
    assert east.started == []


def test_the_term_counts_from_before_the_observation(east, leases, put, clock):
    def slow() -> None:
        clock.now += 9_000

    put(LEASE)
    clock.now += 10_000
    east.meanwhile = slow
    east.keeper.turn()
    assert leases.read().expires_at_ms == NOW + 10_000 + TTL


def test_the_holder_that_serves_beats_in_its_ledger(east, west, put, clock):
    put(LEASE)
    clock.now += 10_000
    east.keeper.turn()
    west.keeper.turn()
    put(LEASE.draining(Handover(to=WEST, kind=Kind.SWITCHOVER, attempt=1), now_ms=clock.now))
    east.keeper.turn()
    assert (east.beats, west.beats) == ([(7, NOW + 10_000)], [])


def test_a_takeover_that_ended_and_drains_by_now_is_not_started_for_the_other_region(
    west, leases, put, clock
):
    """Found by the model: the renewal gives back the lease as it is then."""
    taking = replace(LEASE, holder=WEST, previous_holder=EAST, state=LeaseState.TAKING)
    put(taking)
    handover = Handover(to=EAST, kind=Kind.SWITCHOVER, attempt=1)
    west.takeover = TakeoverFact.RUNNING
    west.meanwhile = lambda: put(replace(taking, state=LeaseState.ACTIVE).draining(handover, now_ms=clock()))
    assert west.keeper.turn().rule is Rule.TAKING
    assert (west.started, west.beats) == ([], [])


@pytest.mark.parametrize("error", [DatabaseUnavailable("slow"), StaleEpoch(7)])
def test_a_heartbeat_that_fails_costs_no_lease_and_is_told(*, east, leases, put, clock, logged, error):
    put(LEASE)
    clock.now += 10_000
    east.still = error
    east.keeper.turn()
    assert leases.read().expires_at_ms == clock.now + TTL
    assert logged[-1][2]["outcome"] == f"{type(error).__name__}: {error}"


def test_every_tick_that_could_act_leaves_a_sign_of_life_in_both_regions(east, west, leases, put, clock):
    put(LEASE)
    east.keeper.turn()
    west.keeper.turn()
    clock.now += 10_000
    east.still = DatabaseUnavailable("slow")
    east.keeper.turn()
    west.keeper.turn()
    assert (east.signs, west.signs) == ([NOW], [NOW, NOW + 10_000])


def test_a_sign_of_life_that_cannot_be_left_costs_no_lease_and_is_told(*, east, leases, put, clock, logged):
    put(LEASE)
    clock.now += 10_000
    east.unwritten = LeaseUnknown("the keeper's sign of life was not written")
    east.keeper.turn()
    assert leases.read().expires_at_ms == clock.now + TTL
    assert logged[-1][2]["outcome"] == f"LeaseUnknown: {east.unwritten}"


def test_an_expired_lease_that_nobody_took_is_resumed(east, leases, put, clock):
    put(LEASE)
    clock.now += 600_000
    east.keeper.turn()
    assert leases.read() == replace(LEASE, expires_at_ms=NOW + 600_000 + TTL)


def test_the_challenger_takes_over_and_starts_the_takeover_in_the_same_tick(west, leases, put, clock):
    put(LEASE)
    clock.now = LEASE.expires_at_ms + SKEW + 1
    assert west.keeper.turn().action is Action.TAKE_OVER
    lease = leases.read()
    assert (lease.epoch, lease.holder, lease.automation) == (8, WEST, Automation.PAUSED)
    assert west.started == [Takeover.of(lease)]
    assert west.started[0].previous == EAST


def test_a_failover_that_did_not_serve_is_taken_back_by_the_old_holder(east, west, leases, put, clock):
    put(LEASE)
    clock.now = LEASE.expires_at_ms + SKEW + 1
    west.keeper.turn()
    west.takeover = TakeoverFact.FAILED
    clock.now += 10_000
    assert west.keeper.turn().rule is Rule.STUCK
    clock.now = leases.read().expires_at_ms + SKEW + 1
    assert east.keeper.turn().action is Action.TAKE_BACK
    lease = leases.read()
    assert (lease.epoch, lease.holder, lease.automation) == (9, EAST, Automation.PAUSED)
    assert east.started == [Takeover.of(lease)]


def test_a_takeover_that_was_not_started_is_started_by_the_next_tick(west, leases, put, clock):
    put(LEASE)
    clock.now = LEASE.expires_at_ms + SKEW + 1
    west.refuses = True
    west.keeper.turn()
    west.refuses = False
    clock.now += 10_000
    assert west.keeper.turn().rule is Rule.NOT_STARTED
    assert west.started == [Takeover.of(leases.read())] * 2
    assert leases.read().expires_at_ms == clock.now + TTL


@pytest.mark.parametrize("first", [EAST, WEST])
def test_of_two_challengers_one_wins(leases, put, clock, first):
    """Both saw the expired lease before either wrote."""
    put(replace(LEASE, holder="us-east-2"))
    clock.now = LEASE.expires_at_ms + SKEW + 1
    regions = {region: Region(region, leases, clock) for region in (EAST, WEST)}
    second = regions[WEST if first == EAST else EAST]
    second.meanwhile = regions[first].keeper.turn
    assert second.keeper.turn().action is Action.TAKE_OVER
    lease = leases.read()
    assert (lease.epoch, lease.holder) == (8, first)
    assert regions[first].started == [Takeover.of(lease)]
    assert second.started == []


def test_a_holder_that_wakes_up_wins_or_loses_whole(east, west, leases, put, clock):
    put(LEASE)
    clock.now = LEASE.expires_at_ms + SKEW + 1
    west.meanwhile = east.keeper.turn
    assert west.keeper.turn().action is Action.TAKE_OVER
    assert (leases.read().epoch, leases.read().holder, west.started) == (7, EAST, [])

    clock.now = leases.read().expires_at_ms + SKEW + 1
    west.meanwhile = lambda: None
    east.meanwhile = west.keeper.turn
    assert east.keeper.turn().action is Action.RENEW
    assert (leases.read().epoch, leases.read().holder) == (8, WEST)


def test_two_keepers_of_one_region_do_not_hinder_each_other(west, leases, put, clock):
    put(LEASE)
    clock.now = LEASE.expires_at_ms + SKEW + 1
    twin = Region(WEST, leases, clock)
    west.meanwhile = twin.keeper.turn
    west.keeper.turn()
    assert leases.read().epoch == 8
    assert west.started == twin.started == [Takeover.of(leases.read())]
