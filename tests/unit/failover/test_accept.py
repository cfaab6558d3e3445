"""B11: a region that has taken over takes requests into the journal while its database is promoted."""

from dataclasses import replace

import pytest

from durable.entry import Identity
from failover.lease import Kind, LeaseState
from failover.lease_item import from_item, to_item
from failover.lease_table import LeaseLost
from failover.steps import STEPS, perform
from failover.steps.errors import Held
from failover.takeover import Takeover

from .machine import tools_of
from .scene import EAST, LEASE, NOW, SKEW, TTL, WEST
from .west import TAKEN, TAKEOVER

OTHER = Identity(entry_id="another", request_hash="another")
ACCEPTING = replace(TAKEN, accepting_epoch=TAKEN.epoch)


def acknowledges(lease, region=WEST, now_ms=NOW) -> bool:
    return lease.acknowledges(region, now_ms=now_ms, ttl_ms=TTL, skew_ms=SKEW)


def test_B11_requests_are_accepted_before_the_promotion_is_asked_for(context, leases, west):
    assert [*STEPS].index("accept") == [*STEPS].index("promote") - 1
    assert perform("accept", TAKEOVER, context) == {"accepts": True}
    lease = leases.read()
    assert (lease.state, lease.accepts, acknowledges(lease)) == (LeaseState.TAKING, True, True)
    assert lease == ACCEPTING
    assert west.failovers == []


def test_to_accept_again_changes_nothing_not_even_after_the_activation(context, leases, put):
    put(ACCEPTING)
    assert perform("accept", TAKEOVER, context) == {"accepts": True}
    active = put(replace(ACCEPTING, state=LeaseState.ACTIVE))
    assert perform("accept", TAKEOVER, context) == {"accepts": True}
    assert leases.read() == active


@pytest.mark.parametrize("kind", [Kind.BOOTSTRAP, Kind.SWITCHOVER])
def test_only_a_forced_failover_accepts_early(context, leases, put, kind):
    lease = put(replace(TAKEN, kind=kind))
    assert perform("accept", Takeover.of(lease), context) == {"accepts": False}
    assert leases.read() == lease


def test_a_system_without_a_limit_accepts_nothing_early(west, leases, clock, put):
    west.accepts_early = False
    lease = put(TAKEN)
    assert perform("accept", TAKEOVER, tools_of(west, leases, clock)) == {"accepts": False}
    assert leases.read() == lease


@pytest.mark.parametrize(
    "broken",
    [
        {"forgets": True},
        {"minute": None},
        {"rows": {}},
        {"never_came": {"key-1"}},
        {"others": {"key-1": OTHER}},
    ],
    ids=["an arrival is unknown", "no watermark", "no requests here", "arrivals are gone", "another request"],
)
def test_a_journal_that_may_have_been_restored_is_not_opened_early(*, west, leases, clock, put, broken):
    vars(west).update(broken)
    lease = put(TAKEN)
    facts = perform("accept", TAKEOVER, tools_of(west, leases, clock))
    assert facts == {"accepts": False, "why": "the journal may have been restored"}
    assert leases.read() == lease


def test_an_execution_that_slept_opens_no_later_epoch(context, put):
    put(replace(TAKEN, epoch=TAKEN.epoch + 2))
    with pytest.raises(Held):
        perform("accept", TAKEOVER, context)


def test_a_lease_that_went_on_is_not_opened(leases, put):
    put(replace(TAKEN, holder=EAST, epoch=TAKEN.epoch + 1))
    with pytest.raises(LeaseLost):
        leases.accept(TAKEN)


@pytest.mark.parametrize(
    ("lease", "now_ms"),
    [
        (replace(ACCEPTING, accepting_epoch=TAKEN.epoch - 1), NOW),  # left by an earlier failover
        (ACCEPTING, ACCEPTING.expires_at_ms - SKEW),
        (replace(ACCEPTING, expires_at_ms=NOW + 86_400_000), NOW),
        (replace(ACCEPTING, state=LeaseState.DRAINING), NOW),
    ],
)
def test_nobody_accepts_without_a_lease_of_this_epoch(lease, now_ms):
    assert not acknowledges(lease, now_ms=now_ms)


@pytest.mark.parametrize("successor", ["taken_over", "taken_back"])
def test_the_next_epoch_accepts_nothing_until_it_is_opened(successor):
    after = getattr(ACCEPTING, successor)(by=EAST, now_ms=NOW, ttl_ms=TTL)
    assert (after.state, after.accepts) == (LeaseState.TAKING, False)


def test_a_failover_that_accepts_and_does_not_serve_can_still_be_taken_back():
    assert ACCEPTING.abandoned_by(EAST)


def test_a_lease_of_older_code_accepts_nothing():
    item = {name: value for name, value in to_item(LEASE).items() if name != "accepting_epoch"}
    assert from_item(item) == LEASE
    assert from_item(to_item(ACCEPTING)) == ACCEPTING


def test_what_was_decided_is_not_asked_again_while_new_requests_move_the_figures(context, put, west):
    put(ACCEPTING)
    assert perform("approve", TAKEOVER, context) == {"done": True, "rule": "L15_decided_before"}
