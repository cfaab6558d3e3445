"""The web application on the local cloud, as an operator sees it."""

import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from gameday.errors import ObservationFailed
from gameday.observe.web import WebLook
from gameday.targets.visited import VisitedWorld
from gameday.targets.webapp import asking
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

    def group(self) -> dict[str, Any]:
        """The group as Auto Scaling describes it."""
        named = self.outputs["group_name"]
        found = self.client("autoscaling").describe_auto_scaling_groups(AutoScalingGroupNames=[named])
        return dict(found["AutoScalingGroups"][0])

    def look(self) -> WebLook:
        """The system now. Raises ObservationFailed."""
        at = time.time()
        try:
            group = self.group()
            refreshes = self.client("autoscaling").describe_instance_refreshes(
                AutoScalingGroupName=self.outputs["group_name"]
            )["InstanceRefreshes"]
            healthy, ringing = self.healthy_targets(), self.ringing()
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
            healthy=tuple(sorted(healthy)),
            template=str(group["LaunchTemplate"]["Version"]),
            refresh=refreshes[0]["Status"] if refreshes else "",
            ringing=ringing,
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
