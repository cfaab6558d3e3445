from concurrent.futures import ThreadPoolExecutor
from itertools import combinations

import pytest

from localcloud.emulator.regions import CLIENTS, GLOBAL, OPERATOR, RegionStates, UnknownPlaceError

HOME, AWAY, WITNESS = "us-east-1", "us-west-2", "us-east-2"
VOTERS = (HOME, AWAY, WITNESS)
LINKS = tuple(combinations(VOTERS, 2))


@pytest.fixture
def regions():
    return RegionStates((HOME, AWAY), witness=WITNESS, control_home=HOME)


def test_all_is_well_at_first(regions):
    assert regions.healthy
    assert set(regions.states.values()) == {"alive"}
    assert all(regions.connected(origin, region) for origin in (OPERATOR, AWAY) for region in VOTERS)


def test_a_dead_region_is_reached_by_nobody_and_reaches_nobody(regions):
    regions.kill(HOME)
    assert not any(regions.connected(origin, HOME) for origin in (OPERATOR, CLIENTS, AWAY, HOME))
    assert not regions.connected(HOME, AWAY)
    assert regions.connected(CLIENTS, AWAY)


def test_global_control_planes_die_with_their_home_only(regions):
    regions.kill(AWAY)
    assert regions.connected(OPERATOR, GLOBAL)
    regions.kill(HOME)
    assert not regions.connected(OPERATOR, GLOBAL)
    assert regions.site_of(GLOBAL) == HOME


def test_a_cut_link_cuts_both_directions_and_the_control_planes_behind_it(regions):
    regions.link(AWAY, HOME, cut=True)
    assert regions.cut_links == [[HOME, AWAY]]
    assert not regions.connected(HOME, AWAY)
    assert not regions.connected(AWAY, HOME)
    assert not regions.connected(AWAY, GLOBAL)
    assert regions.connected(OPERATOR, GLOBAL)
    regions.link(HOME, AWAY, cut=False)
    assert regions.healthy


@pytest.mark.parametrize("dead", [(), *combinations(VOTERS, 1), *combinations(VOTERS, 2)])
@pytest.mark.parametrize(
    "cut", [links for count in range(4) for links in combinations(LINKS, count)], ids=str
)
def test_at_most_one_side_of_any_split_has_a_quorum(regions, dead, cut):
    for place in dead:
        regions.kill(place)
    for one, other in cut:
        regions.link(one, other, cut=True)
    strong = {region for region in VOTERS if regions.has_quorum(region)}
    assert not strong & set(dead)
    assert len(strong) != 1, "a region alone is no majority"
    if len(dead) + len(cut) < 2:
        assert strong == set(VOTERS) - set(dead), "any one loss stops nobody who lives"
    if len(cut) == 3 or len(dead) == 2:
        assert not strong


@pytest.mark.parametrize("place", [OPERATOR, CLIENTS, "eu-west-1"])
def test_only_real_places_can_die(regions, place):
    with pytest.raises(UnknownPlaceError, match=place):
        regions.kill(place)


def test_a_link_needs_two_real_places(regions):
    with pytest.raises(UnknownPlaceError, match="eu-west-1"):
        regions.link(HOME, "eu-west-1", cut=True)


def test_who_waits_for_a_dead_region_goes_on_when_it_lives_again(regions):
    regions.kill(HOME)
    with ThreadPoolExecutor() as pool:
        waiting = pool.submit(regions.wait_until_runs, HOME)
        assert not waiting.done()
        regions.revive(AWAY)
        assert not waiting.done()
        regions.revive(HOME)
        waiting.result(timeout=5)


def test_a_stopped_region_lives_and_votes_but_makes_no_progress(regions):
    regions.stop(HOME)
    assert (regions.alive(HOME), regions.runs(HOME), regions.state(HOME)) == (True, False, "stopped")
    assert regions.has_quorum(HOME)
    assert regions.connected(CLIENTS, HOME)
    regions.revive(HOME)
    assert (regions.runs(HOME), regions.state(HOME)) == (True, "alive")
