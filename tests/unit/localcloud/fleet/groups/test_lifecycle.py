from dataclasses import replace

import pytest

from localcloud.fleet.groups.facts import Hook, Lifecycle, Transition
from tests.unit.localcloud.fleet.groups.group_world import WEB, World, group

WARM = Hook("warm", Transition.LAUNCHING, heartbeat_s=60)
KEEP = Hook("keep", Transition.LAUNCHING, heartbeat_s=60, default="CONTINUE")
SAVE = Hook("save", Transition.TERMINATING, heartbeat_s=60)


def test_a_launching_instance_waits_for_its_hook_and_is_registered_only_afterwards():
    world = World(group(desired=1, hooks=(WARM,)))
    world.until(lambda: world.asked)
    world.run(20)
    assert [member.lifecycle for member in world.facts.members] == [Lifecycle.PENDING_WAIT]
    assert not world.targets.get(WEB)
    world.hook_results["i-1", "warm"] = "CONTINUE"
    world.run(2)
    assert world.serving()[0].id == "i-1"
    assert "i-1" in world.targets[WEB]


def test_silence_abandons_the_launch_by_default_and_the_next_instance_is_asked_again():
    world = World(group(desired=1, hooks=(WARM,)))
    world.run(70)
    assert world.ended[0].member == "i-1"
    assert "abandoned" in world.ended[0].cause
    assert [ask.member for ask in world.asked] == ["i-1", "i-2"]


def test_silence_continues_where_the_default_result_says_so():
    world = World(group(desired=1, hooks=(KEEP,)))
    assert world.until(world.serving) == pytest.approx(64, abs=3)


def test_a_heartbeat_begins_the_wait_anew():
    world = World(group(desired=1, hooks=(WARM,)))
    world.run(50)
    world.heartbeats["i-1", "warm"] = world.now
    world.run(50)
    assert world.ended == []
    world.until(lambda: world.ended, within=15)


def test_all_hooks_must_continue_and_one_that_abandons_ends_the_launch():
    world = World(group(desired=1, hooks=(WARM, KEEP)))
    world.until(lambda: world.asked)
    world.hook_results["i-1", "keep"] = "CONTINUE"
    world.run(5)
    assert world.serving() == []
    world.hook_results["i-1", "warm"] = "ABANDON"
    world.run(1)
    assert [each.member for each in world.ended] == ["i-1"]


@pytest.mark.parametrize("result", ["CONTINUE", "ABANDON", None])
def test_a_terminating_instance_goes_whatever_its_hook_says(result):
    world = World(group(desired=1, hooks=(SAVE,)))
    world.until(world.serving)
    world.group = replace(world.group, minimum=0, desired=0)
    world.until(lambda: world.asked)
    assert world.facts.members[0].lifecycle is Lifecycle.TERMINATING_WAIT
    if result:
        world.hook_results["i-1", "save"] = result
    took = world.until(lambda: not world.facts.members)
    assert took < 5 if result else took >= 55


def test_a_terminating_instance_drains_before_its_hook_is_asked():
    world = World(group(desired=1, hooks=(SAVE,)), drain_s=20)
    world.until(world.serving)
    world.run(2)
    world.group = replace(world.group, minimum=0, desired=0)
    world.run(15)
    assert world.asked == []
    assert world.targets[WEB] == {"i-1": "draining"}
    world.until(lambda: world.asked, within=10)
    assert not world.targets[WEB]


def test_target_groups_are_attached_and_detached_while_the_group_runs():
    world = World(group())
    world.until(lambda: len(world.targets.get(WEB, {})) == 3)
    world.group = replace(world.group, target_groups=("arn:other",))
    world.run(5)
    assert set(world.targets["arn:other"]) == {"i-1", "i-2", "i-3"}
    assert world.targets[WEB] == {}


def test_nothing_is_registered_while_that_is_suspended():
    world = World(group(suspended=frozenset({"AddToLoadBalancer"})))
    world.until(lambda: len(world.serving()) == 3)
    world.run(3)
    assert not world.targets.get(WEB)
