"""Target health against a clock that the tests move."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from localcloud.fleet.balancer.health import (
    Outcome,
    Reason,
    Target,
    TargetState,
    observed,
    routable,
    serves,
    settled,
    synchronized,
)
from localcloud.fleet.balancer.model import Minimum, TargetId
from tests.unit.localcloud.fleet.balancer.world import CHECK, group, ids, targets

PASS, REFUSED = Outcome(), Outcome(Reason.FAILED)
SICK = Outcome(Reason.MISMATCH, 503)
NEW = Target(id=TargetId("i-0", 8080))


def after(target, *outcomes, others=()):
    for number, outcome in enumerate(outcomes):
        target = observed(target, outcome, CHECK, at=5.0 * number, others=others)
    return target


def test_a_new_target_needs_one_passed_check():
    assert after(NEW).state is TargetState.INITIAL
    healthy = after(NEW, PASS)
    assert (healthy.state, healthy.reason, healthy.words) == (TargetState.HEALTHY, None, "")


def test_a_new_target_that_fails_is_initial_until_the_threshold():
    waiting = after(NEW, REFUSED)
    assert (waiting.state, waiting.reason) == (TargetState.INITIAL, Reason.INITIAL_CHECKS)
    assert after(NEW, REFUSED, REFUSED).state is TargetState.UNHEALTHY
    assert after(NEW, REFUSED, PASS).state is TargetState.HEALTHY


def test_only_failures_in_a_row_make_a_target_unhealthy():
    assert after(NEW, PASS, SICK, PASS, SICK).state is TargetState.HEALTHY
    sick = after(NEW, PASS, SICK, SICK)
    assert (sick.state, sick.reason) == (TargetState.UNHEALTHY, Reason.MISMATCH)
    assert sick.words == "Health checks failed with these codes: [503]"


def test_an_unhealthy_target_comes_back_after_so_many_passed_checks_in_a_row():
    sick = after(NEW, REFUSED, REFUSED)
    assert after(sick, PASS, PASS).state is TargetState.UNHEALTHY
    assert after(sick, PASS, PASS, REFUSED, PASS, PASS).state is TargetState.UNHEALTHY
    assert after(sick, PASS, PASS, PASS).state is TargetState.HEALTHY


def test_the_reason_is_that_of_the_last_failed_check():
    sick = after(NEW, PASS, SICK, SICK, Outcome(Reason.TIMEOUT))
    assert (sick.reason, sick.words) == (Reason.TIMEOUT, "Request timed out")


@settings(deadline=None)
@given(st.lists(st.booleans(), max_size=30))
def test_a_target_turns_by_streaks_alone(passed):
    """Whatever came before: `unhealthy_after` failures end unhealthy, `healthy_after` passes healthy."""
    target = after(NEW, *(PASS if one else REFUSED for one in passed))
    if passed[-CHECK.healthy_after :] == [True] * CHECK.healthy_after:
        assert target.state is TargetState.HEALTHY
    if passed[-CHECK.unhealthy_after :] == [False] * CHECK.unhealthy_after:
        assert target.state is TargetState.UNHEALTHY
    if not any(passed):
        assert target.state is not TargetState.HEALTHY


def test_new_registrations_are_initial_and_known_targets_stay_as_they_are():
    before = synchronized({}, group(2), used=True, at=0)
    assert {target.state for target in before.values()} == {TargetState.INITIAL}
    assert {target.reason for target in before.values()} == {Reason.REGISTERING}
    healthy = before | {ids(2)[0]: after(before[ids(2)[0]], PASS)}
    again = synchronized(healthy, group(3), used=True, at=1)
    assert [again[id_].state for id_ in ids(3)] == [
        TargetState.HEALTHY,
        TargetState.INITIAL,
        TargetState.INITIAL,
    ]


def test_a_group_that_no_balancer_forwards_to_is_unused():
    before = synchronized({}, group(1), used=False, at=0)
    (unused,) = before.values()
    assert (unused.state, unused.reason) == (TargetState.UNUSED, Reason.NOT_IN_USE)
    assert after(unused, PASS) == unused
    (used,) = synchronized(before, group(1), used=True, at=1).values()
    assert used.state is TargetState.INITIAL
    assert not synchronized(before, group(0), used=False, at=1)


def test_a_slow_start_that_is_over_is_forgotten_when_the_group_is_read_anew():
    joined = after(NEW, PASS, others=targets(2)[1:])
    slow = group(1, slow_start_s=30)
    (growing,) = synchronized({NEW.id: joined}, slow, used=True, at=29).values()
    (whole,) = synchronized({NEW.id: joined}, slow, used=True, at=30).values()
    assert (growing.ramp_from, whole.ramp_from) == (0.0, None)


def test_a_group_without_checks_gets_requests():
    unchecked = group(1, check=replace(CHECK, enabled=False))
    (target,) = synchronized({}, unchecked, used=True, at=0).values()
    assert (target.state, target.reason) == (TargetState.UNAVAILABLE, Reason.CHECKS_DISABLED)
    assert routable(unchecked, [target]) == (target,)
    assert after(target, REFUSED, REFUSED) == target


def test_a_target_drains_until_the_delay_is_over():
    healthy = {one.id: one for one in targets(1)}
    leaving = group(0, deregistration_s=30)
    draining = synchronized(healthy, leaving, used=True, at=100)
    (target,) = draining.values()
    assert (target.state, target.reason) == (TargetState.DRAINING, Reason.DEREGISTERING)
    assert after(target, PASS) == target
    assert synchronized(draining, leaving, used=True, at=129.9) == draining
    assert not synchronized(draining, leaving, used=True, at=130)


def test_without_a_delay_a_target_is_gone_at_once():
    assert not synchronized(
        {one.id: one for one in targets(1)}, group(0, deregistration_s=0), used=True, at=0
    )


def test_who_is_registered_again_while_it_drains_begins_anew():
    draining = synchronized({one.id: one for one in targets(1)}, group(0), used=True, at=0)
    (target,) = synchronized(draining, group(1), used=True, at=1).values()
    assert target.state is TargetState.INITIAL


def test_requests_go_to_healthy_targets_only():
    well, sick, new = targets(3)
    some = [well, replace(sick, state=TargetState.UNHEALTHY), replace(new, state=TargetState.INITIAL)]
    assert routable(group(), some) == (well,)


def test_with_nobody_healthy_all_get_requests_but_those_that_drain():
    sick, new, leaving = targets(3)
    some = [
        replace(sick, state=TargetState.UNHEALTHY),
        replace(new, state=TargetState.INITIAL),
        replace(leaving, state=TargetState.DRAINING),
    ]
    assert routable(group(), some) == tuple(some[:2])
    assert routable(group(), some[2:]) == ()


def test_a_group_fails_open_below_its_minimum():
    some = [*targets(3)[:2], replace(targets(3)[2], state=TargetState.UNHEALTHY)]
    assert len(routable(group(routing=Minimum(count=2)), some)) == 2
    assert len(routable(group(routing=Minimum(count=3)), some)) == 3
    assert len(routable(group(routing=Minimum(percentage=67)), some)) == 3


@pytest.mark.parametrize(
    ("states", "healthy"),
    [
        ([], False),
        ([TargetState.HEALTHY], True),
        ([TargetState.UNHEALTHY], False),
        ([TargetState.INITIAL], False),
        ([TargetState.UNHEALTHY, TargetState.HEALTHY], True),
        ([TargetState.DRAINING], False),
    ],
)
def test_what_route_53_thinks_of_a_group(states, healthy):
    some = [replace(NEW, state=state) for state in states]
    assert serves(Minimum(), some) is healthy


def test_who_joins_healthy_targets_starts_slowly_and_the_first_ones_do_not():
    assert after(NEW, PASS).ramp_from is None
    joined = after(NEW, PASS, others=targets(2)[1:])
    assert joined.ramp_from == 0.0
    assert after(NEW, PASS, others=[replace(joined, id=TargetId("i-1", 8080))]).ramp_from is None
    assert settled(joined, 30, at=29).ramp_from == 0.0
    assert settled(joined, 30, at=30).ramp_from is None


def test_who_falls_sick_leaves_its_slow_start():
    joined = after(NEW, PASS, others=targets(2)[1:])
    assert after(joined, REFUSED, REFUSED).ramp_from is None
