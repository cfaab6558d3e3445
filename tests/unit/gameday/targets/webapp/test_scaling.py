"""W-7: the load is the fault, at a size that two cores carry."""

from types import SimpleNamespace

import pytest

from gameday.errors import FaultRefused
from gameday.targets.webapp.scaling import more_visitors
from gameday.targets.webapp.scenarios import SCENARIOS

REQUESTS = {
    "PredefinedMetricSpecification": {
        "PredefinedMetricType": "ALBRequestCountPerTarget",
        "ResourceLabel": "app/web/1/targetgroup/web/2",
    },
    "TargetValue": 3000.0,
}
PROCESSORS = {
    "PredefinedMetricSpecification": {"PredefinedMetricType": "ASGAverageCPUUtilization"},
    "TargetValue": 50.0,
}


class World:
    """A group of three that follows processors and requests."""

    def __init__(self):
        self.undo, self.asked = [], []
        self.policies = [
            {"PolicyName": "steps"},
            {"PolicyName": "cpu", "TargetTrackingConfiguration": PROCESSORS},
            {"PolicyName": "requests", "TargetTrackingConfiguration": REQUESTS},
        ]

    def group(self):
        return {"AutoScalingGroupName": "web", "DesiredCapacity": 3}

    def client(self, _service):
        return SimpleNamespace(
            describe_policies=lambda **_: {"ScalingPolicies": self.policies},
            put_scaling_policy=lambda **told: self.asked.append(told),
            set_desired_capacity=lambda **told: self.asked.append(told),
        )


def test_the_group_is_to_grow_at_a_third_and_is_in_the_end_what_it_was():
    world = World()
    assert more_visitors(world) == (
        "more visitors come, and the group is to have 1000 requests a minute of each instance"
    )
    [put] = world.asked
    assert (put["PolicyName"], put["TargetTrackingConfiguration"]) == (
        "requests",
        REQUESTS | {"TargetValue": 1000.0},
    )
    while world.undo:
        world.undo.pop()()
    again, size = world.asked[1:]
    assert again == put | {"TargetTrackingConfiguration": REQUESTS}
    assert size == {"AutoScalingGroupName": "web", "DesiredCapacity": 3}


def test_a_group_that_follows_no_requests_cannot_be_drilled():
    world = World()
    world.policies.pop()
    with pytest.raises(FaultRefused, match="no policy of web follows ALBRequestCountPerTarget"):
        more_visitors(world)


def test_before_it_the_load_is_below_what_an_instance_is_to_have_and_then_above():
    given, wanted = SCENARIOS["W-7"], 1000
    each = given.load.rate * 60 / 3
    assert each < wanted < each * given.surge
