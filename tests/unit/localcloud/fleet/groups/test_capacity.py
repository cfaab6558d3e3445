from collections import Counter
from dataclasses import replace

import pytest

from localcloud.fleet.groups.facts import Member, Mixed, Template
from localcloud.fleet.groups.termination import victims
from tests.unit.localcloud.fleet.groups.group_world import ONE, TWO, World, group


def settled(**changes: object) -> World:
    world = World(group(**changes))
    world.until(lambda: len(world.serving()) == world.group.desired)
    return world


def test_a_refused_launch_goes_to_another_zone_and_comes_back_when_there_is_room():
    world = World(group(), closed={"a"})
    world.until(lambda: len(world.serving()) == 3)
    assert world.zones() == Counter({"b": 2, "c": 1})
    world.close([])
    world.until(lambda: world.zones() == Counter("abc") and len(world.serving()) == 3)


def test_a_zone_that_refuses_is_tried_less_and_less_often():
    world = World(group(), closed={"a", "b", "c"})
    world.run(600)
    assert world.facts.members == ()
    assert all(5 <= world.tried[zone] <= 16 for zone in "abc")


def test_an_imbalance_is_mended_by_launching_before_terminating():
    world = World(group(desired=4), closed={"a"})
    world.until(lambda: len(world.serving()) == 4)
    fewest = []
    world.watch.append(lambda now, _: fewest.append(len(now.serving())))
    world.close([])
    world.until(lambda: world.zones()["a"] == 1 and len(world.facts.members) == 4)
    assert min(fewest) == 4
    assert "imbalance" in world.ended[0].cause


def test_rebalancing_may_exceed_the_maximum_by_one():
    world = World(group(desired=3, maximum=3), closed={"a", "c"})
    world.until(lambda: len(world.serving()) == 3)
    most = []
    world.watch.append(lambda now, _: most.append(len(now.facts.alive)))
    world.close([])
    world.until(lambda: world.zones() == Counter("abc") and len(world.serving()) == 3)
    assert max(most) == 4


@pytest.mark.parametrize("process", ["AZRebalance", "Launch"])
def test_a_suspended_process_leaves_the_zones_uneven(process):
    world = World(group(desired=4), closed={"a"})
    world.until(lambda: len(world.serving()) == 4)
    world.close([])
    world.group = replace(world.group, suspended=frozenset({process}))
    world.run(200)
    assert world.zones()["a"] == 0


def test_a_smaller_desired_capacity_keeps_the_zones_even():
    world = settled(desired=6)
    world.group = replace(world.group, desired=3)
    world.run(30)
    assert world.zones() == Counter("abc")


def test_protected_instances_are_not_scaled_in():
    world = settled(protect_new=True)
    world.group = replace(world.group, desired=1)
    world.run(30)
    assert len(world.serving()) == 3


def member(name: str, zone: str = "a", template: Template = ONE, launched_at: float = 0.0) -> Member:
    return Member(id=name, zone=zone, template=template, launched_at=launched_at)


@pytest.mark.parametrize(
    ("policy", "first"),
    [
        ("Default", "old template"),
        ("OldestLaunchTemplate", "old template"),
        ("OldestInstance", "oldest"),
        ("NewestInstance", "newest"),
        ("ClosestToNextInstanceHour", "hour"),
    ],
)
def test_termination_policies(policy, first):
    members = [
        member("old template", launched_at=2000),
        member("oldest", template=TWO, launched_at=0),
        member("hour", template=TWO, launched_at=500),
        member("newest", template=TWO, launched_at=3000),
    ]
    assert [each.id for each in victims(members, 1, members, (policy,), now=4000)] == [first]


def test_the_fullest_zone_comes_before_any_policy():
    members = [member("lonely", zone="b"), member("one", template=TWO), member("two", template=TWO)]
    assert victims(members, 1, members, ("OldestLaunchTemplate",), now=0)[0].id == "one"


def test_a_mixed_policy_buys_on_demand_first_and_its_share_above():
    mixed = Mixed(types=("m5.large", "m4.large"), on_demand_base=2, on_demand_above_base=50)
    world = settled(desired=6, mixed=mixed)
    spots = [each.template.spot for each in world.facts.members]
    assert spots == [False, False, False, True, False, True]
    assert {each.template.instance_type for each in world.facts.members} == {"m5.large"}
