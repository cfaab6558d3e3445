"""The web application on the local cloud, as an operator sees it."""

import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self

from botocore.exceptions import BotoCoreError, ClientError

from gameday.errors import FaultRefused, ObservationFailed
from gameday.observe.web import WebLook
from gameday.targets.visited import VisitedWorld, deployed_outputs, target_leaves_after_s
from gameday.targets.webapp import asking
from localcloud.core.state import CloudState
from remediation.record import SYSTEM
from remediation.rules import Action


@dataclass(frozen=True, slots=True)
class Written:
    """An object, and what its copy in the other region must hold."""

    bucket: str
    """The other region's."""
    key: str
    content: bytes


def balanced(group: Mapping[str, Any]) -> bool:
    """Whether no zone of a described group has two instances more than another."""
    held = Counter(dict.fromkeys(group["AvailabilityZones"], 0))
    held.update(one["AvailabilityZone"] for one in group["Instances"])
    return max(held.values()) - min(held.values()) < 2  # noqa: PLR2004


@dataclass
class WebWorld(VisitedWorld):
    """The second region has the page and copies of files."""

    actions_table: str
    """Where remediation keeps what it did."""
    written: Written | None = None
    """The object that this drill wrote."""

    @classmethod
    def deployed(cls, name: str, *, region: str, other: str, actions_table: str) -> Self:
        """What runs now. Raises localcloud's NotRunning, or NotDeployed, with what to do about it."""
        outputs = deployed_outputs()
        return cls(
            state=CloudState.load(),
            name=name,
            region=region,
            other=other,
            outputs=outputs,
            actions_table=actions_table,
        )

    @cached_property
    def _clients(self) -> dict[str, Any]:
        return {name: self.client(name) for name in ("autoscaling", "elbv2", "cloudwatch")}

    def group(self) -> dict[str, Any]:
        """The group as Auto Scaling describes it."""
        named = self.outputs["group_name"]
        found = self._clients["autoscaling"].describe_auto_scaling_groups(AutoScalingGroupNames=[named])
        return dict(found["AutoScalingGroups"][0])

    @property
    def leaves_after_s(self) -> float:
        """After how many seconds of failing checks the balancer leaves a target."""
        return target_leaves_after_s(self._clients["elbv2"], self.outputs["target_group"])

    def serving(self) -> list[str]:
        """Instances that are in service and healthy, in order."""
        seen = self.look()
        return sorted({*seen.in_service} & {*seen.healthy})

    def look(self) -> WebLook:
        """The system now. Raises ObservationFailed."""
        at = time.time()
        try:
            group = self.group()
            refreshes = self._clients["autoscaling"].describe_instance_refreshes(
                AutoScalingGroupName=self.outputs["group_name"]
            )["InstanceRefreshes"]
            targets = self._clients["elbv2"].describe_target_health(
                TargetGroupArn=self.outputs["target_group"]
            )["TargetHealthDescriptions"]
            alarms = self._clients["cloudwatch"].describe_alarms(StateValue="ALARM")["MetricAlarms"]
        except (BotoCoreError, ClientError, LookupError) as error:
            raise ObservationFailed(str(error)) from error
        return WebLook(
            at=at,
            desired=group["DesiredCapacity"],
            in_service=tuple(
                sorted(
                    one["InstanceId"] for one in group["Instances"] if one["LifecycleState"] == "InService"
                )
            ),
            healthy=tuple(
                sorted(one["Target"]["Id"] for one in targets if one["TargetHealth"]["State"] == "healthy")
            ),
            template=str(group["LaunchTemplate"]["Version"]),
            refresh=refreshes[0]["Status"] if refreshes else "",
            ringing=tuple(sorted(one["AlarmName"] for one in alarms)),
            version=asking.version(self.site),
            leads_to=self.site.leads_to() or "",
            balanced=balanced(group),
            copied=self.copied(),
        )

    def copied(self) -> bool | None:
        """Whether the other region has the object that this drill wrote; None: it wrote none."""
        if self.written is None:
            return None
        try:
            found = self.client("s3", self.other).get_object(Bucket=self.written.bucket, Key=self.written.key)
            return bool(found["Body"].read() == self.written.content)
        except (BotoCoreError, ClientError):
            return False

    def actions(self, since: float) -> tuple[str, ...]:
        """What remediation did since then, and to what, in order. Raises ObservationFailed."""
        try:
            found = self.client("dynamodb").scan(TableName=self.actions_table)["Items"]
        except (BotoCoreError, ClientError) as error:
            raise ObservationFailed(f"the actions cannot be read: {error}") from error
        told = sorted(
            (int(one["at_ms"]["N"]), f"{one['rule']['S']} {one['resource']['S']}: {one['outcome']['S']}")
            for one in found
            if one["resource"]["S"] != SYSTEM and one["action"]["S"] != Action.PAGE
        )
        return tuple(what for at_ms, what in told if at_ms >= since * 1000)

    def victim(self) -> str:
        """An instance that serves. Raises FaultRefused without one."""
        found = self.serving()
        if not found:
            raise FaultRefused("no instance serves that could be harmed")
        return found[0]
