"""The group, its instances and their health, as AWS tells them."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from remediation.observation import Group, Instance

if TYPE_CHECKING:
    from mypy_boto3_autoscaling import AutoScalingClient
    from mypy_boto3_ec2 import EC2Client
    from mypy_boto3_elbv2 import ElasticLoadBalancingv2Client

_HEALTH = {"healthy": True, "unhealthy": False}
_NOT_YET = frozenset({"initial", "draining", "unused"})
"""States of a target that gets no requests, and so is neither well nor sick."""
ACTIVITIES = 10


class FleetSensors:
    """Reads one Auto Scaling group behind one target group. Every method raises what boto3 raises."""

    def __init__(
        self,
        autoscaling: "AutoScalingClient",
        elbv2: "ElasticLoadBalancingv2Client",
        ec2: "EC2Client",
        *,
        group: str,
        target_group: str,
    ) -> None:
        self._autoscaling = autoscaling
        self._elbv2 = elbv2
        self._ec2 = ec2
        self._group = group
        self._target_group = target_group

    def group(self) -> Group:
        """The group as it is now.

        Raises:
            LookupError: there is no such group.
        """
        groups = self._autoscaling.describe_auto_scaling_groups(AutoScalingGroupNames=[self._group])
        if not groups["AutoScalingGroups"]:
            raise LookupError(f"there is no group {self._group}")
        found = groups["AutoScalingGroups"][0]
        states = {one["InstanceId"]: one["LifecycleState"] for one in found.get("Instances", [])}
        health = self._health()
        impaired = self._impaired([id_ for id_, state in states.items() if state == "InService"])
        return Group(
            name=self._group,
            desired=found["DesiredCapacity"],
            maximum=found["MaxSize"],
            instances=tuple(
                _instance(id_, state, health.get(id_), impaired=impaired.get(id_))
                for id_, state in states.items()
            ),
            launches_fail=self._launches_fail(),
        )

    def _health(self) -> Mapping[str, str]:
        found = self._elbv2.describe_target_health(TargetGroupArn=self._target_group)
        return {
            one["Target"]["Id"]: one["TargetHealth"]["State"] for one in found["TargetHealthDescriptions"]
        }

    def _impaired(self, ids: list[str]) -> Mapping[str, bool]:
        if not ids:
            return {}
        found = self._ec2.describe_instance_status(InstanceIds=ids, IncludeAllInstances=True)
        return {
            one["InstanceId"]: "impaired" in (one["InstanceStatus"]["Status"], one["SystemStatus"]["Status"])
            for one in found["InstanceStatuses"]
        }

    def _launches_fail(self) -> bool:
        found = self._autoscaling.describe_scaling_activities(
            AutoScalingGroupName=self._group, MaxRecords=ACTIVITIES
        )
        # The newest comes first.
        for activity in found["Activities"]:
            if activity.get("Description", "").startswith("Launching"):
                return activity["StatusCode"] == "Failed"
        return False


def _instance(id_: str, lifecycle: str, health: str | None, *, impaired: bool | None) -> Instance:
    return Instance(
        id=id_,
        in_service=lifecycle == "InService" and health not in _NOT_YET,
        healthy=_HEALTH.get(health or ""),
        impaired=impaired,
    )
