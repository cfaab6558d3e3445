from collections import Counter
from dataclasses import replace

import pytest

from localcloud.fleet.groups.refresh_facts import RefreshStatus
from tests.unit.localcloud.fleet.groups.group_world import ONE, TWO, World, group


def settled(**changes: object) -> World:
    world = World(group(**{"warmup_s": 5.0, "elb_health": True, **changes}))
    world.until(lambda: len(world.serving()) == world.group.desired)
    world.run(10)
    return world


def finished(world: World) -> bool:
    return not world.refresh.active


def fewest_serving(world: World) -> list[int]:
    counts: list[int] = []
    world.watch.append(lambda now, _: counts.append(len(now.serving())))
    return counts


def most_alive(world: World) -> list[int]:
    counts: list[int] = []
    world.watch.append(lambda now, _: counts.append(len(now.facts.alive)))
    return counts


def test_every_instance_is_replaced_and_the_group_keeps_the_new_template():
    world = settled()
    world.begin_refresh()
    seen = []
    world.watch.append(lambda now, _: seen.append(now.refresh.status))
    world.until(lambda: finished(world))
    assert world.refresh.status is RefreshStatus.SUCCESSFUL
    assert (world.versions(), world.group.template) == (Counter({"2": 3}), TWO)
    assert list(dict.fromkeys(seen)) == [RefreshStatus.PENDING, RefreshStatus.IN_PROGRESS]
    assert world.refresh.percentage == 100


def test_replacement_goes_one_at_a_time_where_the_percentages_leave_no_room():
    world = settled()
    fewest = fewest_serving(world)
    world.begin_refresh(min_healthy=100)
    world.until(lambda: finished(world))
    assert min(fewest) == 2


def test_a_lower_minimum_replaces_more_at_once():
    world = settled(desired=6)
    fewest = fewest_serving(world)
    world.begin_refresh(min_healthy=50)
    world.until(lambda: finished(world))
    assert min(fewest) == 3


def test_a_maximum_above_the_whole_launches_before_it_terminates():
    world = settled()
    fewest, most = fewest_serving(world), most_alive(world)
    world.begin_refresh(min_healthy=100, max_healthy=110)
    world.until(lambda: finished(world))
    assert (min(fewest), max(most)) == (3, 4)
    assert world.versions() == Counter({"2": 3})


def test_a_new_instance_counts_only_after_its_warm_up():
    world = settled()
    world.begin_refresh(min_healthy=100, max_healthy=110, warmup_s=30)
    assert world.until(lambda: finished(world)) >= 90


def test_a_checkpoint_waits_before_more_is_replaced():
    world = settled()
    world.begin_refresh(checkpoints=(33, 100), checkpoint_delay_s=120)
    world.run(60)
    assert (world.refresh.status, world.refresh.percentage, world.versions()["2"]) == (
        RefreshStatus.IN_PROGRESS,
        33,
        1,
    )
    assert world.until(lambda: finished(world)) > 60


def test_the_bake_time_ends_the_refresh():
    world = settled()
    world.begin_refresh(bake_s=100)
    world.until(lambda: world.refresh.status is RefreshStatus.BAKING)
    assert world.versions() == Counter({"2": 3})
    assert world.until(lambda: finished(world)) == pytest.approx(100, abs=2)
    assert world.refresh.status is RefreshStatus.SUCCESSFUL


@pytest.mark.parametrize("when", [RefreshStatus.IN_PROGRESS, RefreshStatus.BAKING])
def test_an_alarm_rolls_back_to_what_the_group_had_before_the_refresh_started(when):
    world = settled()
    world.begin_refresh(auto_rollback=True, alarms=frozenset({"errors"}), bake_s=60)
    world.until(lambda: world.refresh.status is when and world.versions()["2"])
    world.alarms = {"errors"}
    world.run(1)
    assert world.refresh.status is RefreshStatus.ROLLBACK_IN_PROGRESS
    assert "errors" in world.refresh.reason
    world.until(lambda: finished(world))
    assert world.refresh.status is RefreshStatus.ROLLBACK_SUCCESSFUL
    assert (world.versions(), world.group.template) == (Counter({"1": 3}), ONE)


def test_a_rollback_ends_what_was_launched_in_advance():
    world = settled()
    world.begin_refresh(min_healthy=100, max_healthy=110, auto_rollback=True, alarms=frozenset({"errors"}))
    world.until(lambda: len(world.facts.alive) == 4)
    world.alarms = {"errors"}
    world.until(lambda: finished(world))
    world.run(10)
    assert world.refresh.status is RefreshStatus.ROLLBACK_SUCCESSFUL
    assert (world.versions(), len(world.serving())) == (Counter({"1": 3}), 3)


def test_under_terraform_a_rollback_returns_to_the_new_version():
    """Terraform updates the group first, so that what it had before the refresh started is the new one."""
    world = settled()
    world.group = replace(world.group, template=TWO)
    world.begin_refresh(target=TWO, auto_rollback=True, alarms=frozenset({"errors"}))
    world.until(lambda: world.versions()["2"])
    world.alarms = {"errors"}
    world.until(lambda: finished(world))
    assert world.refresh.status is RefreshStatus.ROLLBACK_SUCCESSFUL
    assert (world.versions(), world.group.template) == (Counter({"2": 3}), TWO)


def test_an_alarm_without_rollback_fails_the_refresh_where_it_stands():
    world = settled()
    world.begin_refresh(alarms=frozenset({"errors"}))
    world.until(lambda: world.versions()["2"])
    world.alarms = {"errors"}
    world.run(1)
    assert world.refresh.status is RefreshStatus.FAILED
    world.run(60)
    assert world.versions()["1"] == 2
    assert len(world.serving()) == 3


def test_a_cancelled_refresh_leaves_what_it_replaced():
    world = settled()
    world.begin_refresh()
    world.until(lambda: world.versions()["2"])
    world.facts = replace(world.facts, refresh=replace(world.refresh, status=RefreshStatus.CANCELLING))
    world.run(60)
    assert world.refresh.status is RefreshStatus.CANCELLED
    assert (world.versions(), len(world.serving())) == (Counter({"1": 2, "2": 1}), 3)


def test_what_a_cancelled_refresh_launched_in_advance_replaces_another():
    world = settled()
    world.begin_refresh(min_healthy=100, max_healthy=110)
    world.until(lambda: len(world.facts.alive) == 4)
    world.facts = replace(world.facts, refresh=replace(world.refresh, status=RefreshStatus.CANCELLING))
    world.run(60)
    assert len(world.serving()) == 3


def test_matching_instances_are_skipped_when_asked_and_then_it_succeeds_at_once():
    world = settled()
    world.begin_refresh(target=ONE, skip_matching=True)
    world.run(1)
    assert world.refresh.status is RefreshStatus.SUCCESSFUL
    assert world.ended == []


def test_matching_instances_are_replaced_when_not():
    world = settled()
    world.begin_refresh(target=ONE)
    world.until(lambda: finished(world))
    assert len(world.ended) == 3


def test_protected_instances_are_left_alone():
    world = settled(protect_new=True)
    world.begin_refresh()
    world.run(60)
    assert world.ended == []


def test_an_instance_that_dies_meanwhile_is_replaced_by_the_new_template():
    world = settled()
    world.begin_refresh(min_healthy=100, max_healthy=110)
    world.until(lambda: len(world.facts.alive) == 4)
    world.kill("i-2")
    world.until(lambda: finished(world))
    assert (world.versions(), len(world.serving())) == (Counter({"2": 3}), 3)


def test_a_sick_new_version_never_takes_the_old_ones_with_it():
    world = settled()
    world.sick_versions = {"2"}
    fewest = fewest_serving(world)
    world.begin_refresh(min_healthy=100, max_healthy=110)
    world.run(400)
    assert world.versions()["1"] >= 2
    assert min(fewest) >= 3
    assert world.refresh.status is RefreshStatus.IN_PROGRESS
