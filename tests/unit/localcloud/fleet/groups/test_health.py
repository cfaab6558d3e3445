from collections import Counter

import pytest

from localcloud.fleet.groups.facts import Hook, Lifecycle, Transition
from localcloud.fleet.groups.seen import Ec2
from tests.unit.localcloud.fleet.groups.group_world import World, group


def settled(**changes: object) -> World:
    world = World(group(**changes))
    world.until(lambda: len(world.serving()) == world.group.desired)
    return world


def test_a_group_comes_up_even_over_its_zones():
    assert settled().zones() == Counter("abc")


def test_an_instance_that_is_gone_is_replaced_at_once_even_within_the_grace_period():
    world = settled(grace_s=300, elb_health=True)
    world.kill("i-1")
    world.run(1)
    assert [each.member for each in world.ended] == ["i-1"]
    assert "terminated or stopped" in world.ended[0].cause
    assert len(world.facts.alive) == 3


def test_a_stopped_instance_counts_as_gone():
    world = settled()
    world.ec2["i-2"] = Ec2.STOPPED
    world.run(1)
    assert [each.member for each in world.ended] == ["i-2"]


def test_a_target_that_fails_its_checks_is_replaced_only_after_grace_and_only_with_elb_health():
    world = settled(grace_s=60, elb_health=True)
    world.sick_versions = {"1"}
    world.run(50)
    assert world.ended == []
    world.run(15)
    assert {each.member for each in world.ended} == {"i-1", "i-2", "i-3"}
    assert "ELB system health check" in world.ended[0].cause
    patient = settled(grace_s=0)
    patient.sick_versions = {"1"}
    patient.run(100)
    assert patient.ended == []


def test_grace_begins_when_the_instance_comes_into_service_after_its_hooks():
    hook = Hook("warm", Transition.LAUNCHING, heartbeat_s=100, default="CONTINUE")
    world = World(group(desired=1, grace_s=30, elb_health=True, hooks=(hook,)), sick_versions={"1"})
    world.until(world.serving)
    assert world.now > 100
    world.run(28)
    assert world.ended == []
    world.until(lambda: world.ended, within=5)


def test_a_failed_status_check_waits_for_the_grace_period():
    world = settled(grace_s=30)
    world.ec2["i-1"] = Ec2.IMPAIRED
    world.run(10)
    assert world.ended == []
    world.until(lambda: world.ended, within=30)
    assert "status check" in world.ended[0].cause


def test_one_that_was_marked_unhealthy_does_not_recover():
    world = settled(suspended=frozenset({"ReplaceUnhealthy"}))
    world.told_unhealthy = {"i-1"}
    world.run(1)
    world.told_unhealthy = set()
    world.run(5)
    assert [member.id for member in world.facts.members if not member.healthy] == ["i-1"]
    assert world.ended == []
    world.group = group()
    world.run(1)
    assert [each.member for each in world.ended] == ["i-1"]


@pytest.mark.parametrize("process", ["HealthCheck", "Terminate"])
def test_suspended_processes_leave_the_sick_alone(process):
    world = settled(suspended=frozenset({process}))
    world.kill("i-1")
    world.run(20)
    assert world.ended == []
    assert len(world.facts.members) == 3


def test_a_dead_instance_is_forgotten_and_its_targets_are_left():
    world = settled()
    world.kill("i-1")
    world.run(20)
    assert {member.id for member in world.facts.members} == {"i-2", "i-3", "i-4"}
    assert set(world.targets["arn:web"]) == {"i-2", "i-3", "i-4"}
    assert {member.lifecycle for member in world.facts.members} == {Lifecycle.IN_SERVICE}
