"""What drills do to the size of the group, and how it becomes again what it was."""

from collections.abc import Mapping
from typing import Any

from gameday.errors import FaultRefused
from gameday.targets.webapp.world import WebWorld

METRIC = "ALBRequestCountPerTarget"
SCALE = 3
"""Two cores do not carry the visits at which the settings let the group grow, but a third of them."""


def more_visitors(world: WebWorld) -> str:
    """The load itself is the fault; the group is to grow at a third of the usual requests of an instance."""
    keep_size(world)
    wanted = _grow_at_fewer_requests(world)
    return f"more visitors come, and the group is to have {wanted:g} requests a minute of each instance"


def keep_size(world: WebWorld) -> None:
    """Let the group have in the end as many instances as it has now."""
    group, autoscaling = world.group(), world.client("autoscaling")
    wanted = {
        "AutoScalingGroupName": group["AutoScalingGroupName"],
        "DesiredCapacity": group["DesiredCapacity"],
    }
    world.undo.append(lambda: autoscaling.set_desired_capacity(**wanted))


def _grow_at_fewer_requests(world: WebWorld) -> float:
    """The new target of the policy on requests. Raises FaultRefused where there is none."""
    autoscaling, name = world.client("autoscaling"), world.group()["AutoScalingGroupName"]
    policies = autoscaling.describe_policies(AutoScalingGroupName=name)["ScalingPolicies"]
    found = next((one for one in policies if _metric(one) == METRIC), None)
    if found is None:
        raise FaultRefused(f"no policy of {name} follows {METRIC}")
    usual = found["TargetTrackingConfiguration"]

    def put(configuration: object) -> None:
        autoscaling.put_scaling_policy(
            AutoScalingGroupName=name,
            PolicyName=found["PolicyName"],
            PolicyType="TargetTrackingScaling",
            TargetTrackingConfiguration=configuration,
        )

    wanted = float(usual["TargetValue"]) / SCALE
    world.undo.append(lambda: put(usual))
    put({**usual, "TargetValue": wanted})
    return wanted


def _metric(policy: Mapping[str, Any]) -> str:
    """What a policy follows; empty for one that tracks no target, or a metric of one's own."""
    followed = policy.get("TargetTrackingConfiguration", {}).get("PredefinedMetricSpecification", {})
    return str(followed.get("PredefinedMetricType", ""))
