from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from localcloud.fleet.balancer.rules import Forward, Weighted
from localcloud.fleet.balancer.spread import GROUP_COOKIE, TARGET_COOKIE, Spread, next_turn
from tests.unit.localcloud.fleet.balancer.world import GROUP_ARN, group, ids, targets


@pytest.fixture
def spread():
    return Spread(b"secret")


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from("abcd"), st.integers(1, 20), min_size=1))
def test_over_one_round_each_gets_exactly_its_weight(weights):
    shares, credit, got = {key: float(one) for key, one in weights.items()}, {}, Counter()
    for _ in range(sum(weights.values())):
        chosen, credit = next_turn(shares, credit)
        got[chosen] += 1
    assert got == weights


def test_nobody_has_a_turn_where_every_weight_is_0(spread):
    assert spread.group(Forward(groups=(Weighted("a", 0), Weighted("b", 0))), {}) is None


def test_a_group_of_weight_0_gets_nothing(spread):
    action = Forward(groups=(Weighted("blue", 1), Weighted("green", 0)))
    assert {spread.group(action, {}) for _ in range(10)} == {"blue"}


def test_weights_are_kept(spread):
    action = Forward(groups=(Weighted("blue", 90), Weighted("green", 10)))
    assert Counter(spread.group(action, {}) for _ in range(100)) == {"blue": 90, "green": 10}


def test_round_robin(spread):
    some = targets(3)
    got = [spread.target(group(), some, {}, at=0) for _ in range(6)]
    assert got[:3] == got[3:]
    assert set(got) == set(ids(3))


def test_the_fewest_requests_under_way(spread):
    chosen = group(algorithm="least_outstanding_requests")
    spread.busy = {(GROUP_ARN, ids(3)[0]): 2, (GROUP_ARN, ids(3)[1]): 1}
    assert spread.target(chosen, targets(3), {}, at=0) == ids(3)[2]
    spread.busy[GROUP_ARN, ids(3)[2]] = 1
    assert {spread.target(chosen, targets(3), {}, at=0) for _ in range(4)} == set(ids(3)[1:])


def test_without_targets_there_is_nobody(spread):
    for algorithm in ("round_robin", "least_outstanding_requests"):
        assert spread.target(group(algorithm=algorithm), [], {}, at=0) is None


def test_slow_start_gives_a_share_that_grows(spread):
    old, new = targets(2)
    slow = group(2, slow_start_s=30)

    def share_at(moment):
        some = [old, replace(new, ramp_from=0.0)]
        return Counter(spread.target(slow, some, {}, at=moment) for _ in range(200))[new.id] / 200

    shares = [share_at(moment) for moment in (0.0, 10.0, 20.0, 30.0)]
    assert shares == sorted(shares)
    assert shares[0] < 0.06
    assert shares[-1] == 0.5


def test_a_cookie_leads_back_to_its_target_while_that_may_be_asked(spread):
    sticky = group(sticky_s=60)
    bound = {TARGET_COOKIE: spread.token(f"{GROUP_ARN} {ids(3)[1]}")}
    assert {spread.target(sticky, targets(3), bound, at=0) for _ in range(5)} == {ids(3)[1]}
    others = [one for one in targets(3) if one.id != ids(3)[1]]
    assert spread.target(sticky, others, bound, at=0) in {ids(3)[0], ids(3)[2]}


@pytest.mark.parametrize("cookie", ["", "i-1:8080", "é\udcff", "0" * 64])
def test_a_cookie_that_we_did_not_make_binds_nobody(spread, cookie):
    sticky = group(sticky_s=60)
    got = {spread.target(sticky, targets(3), {TARGET_COOKIE: cookie}, at=0) for _ in range(3)}
    assert got == set(ids(3))


def test_a_cookie_of_a_group_that_is_not_sticky_is_ignored(spread):
    bound = {TARGET_COOKIE: spread.token(f"{GROUP_ARN} {ids(3)[1]}")}
    assert {spread.target(group(), targets(3), bound, at=0) for _ in range(3)} == set(ids(3))


def test_a_client_stays_with_its_group_unless_that_gets_nothing_any_more(spread):
    bound = {GROUP_COOKIE: spread.token("green")}
    action = Forward(groups=(Weighted("blue", 9), Weighted("green", 1)), sticky_s=60)
    assert {spread.group(action, bound) for _ in range(9)} == {"green"}
    over = Forward(groups=(Weighted("blue", 9), Weighted("green", 0)), sticky_s=60)
    assert spread.group(over, bound) == "blue"
