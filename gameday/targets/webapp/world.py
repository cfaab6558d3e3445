"""The web application on the local cloud, as an operator sees it."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Self

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from dr.outputs import OutputsError, read
from gameday.errors import FaultRefused, NotDeployed, ObservationFailed
from gameday.load.visits import Entry
from gameday.observe.web import WebLook
from gameday.plan.faults import Order
from gameday.targets.control import order
from gameday.targets.webapp import asking
from localcloud.core.paths import OUTPUTS
from localcloud.core.state import CloudState
from localcloud.route53.resolver import ServiceResolver
from localcloud.systems.site import Site
from remediation.record import SYSTEM
from remediation.rules import Action

_QUICK = Config(connect_timeout=1, read_timeout=5, retries={"total_max_attempts": 1})


@dataclass(frozen=True, slots=True)
class Written:
    """An object, and what its copy in the other region must hold."""

    bucket: str
    """The other region's."""
    key: str
    content: bytes


@dataclass
class WebWorld:
    """What a drill does to the application and learns of it; calls block."""

    state: CloudState
    name: str
    """The public name."""
    region: str
    other: str
    """The region with the page."""
    outputs: Mapping[str, Any]
    actions_table: str
    """Where remediation keeps what it did."""
    written: Written | None = None
    """The object that this drill wrote."""
    undo: list[Callable[[], object]] = field(default_factory=list)
    """How each change of this drill that Terraform knows nothing of is taken back."""

    @classmethod
    def deployed(cls, name: str, *, region: str, other: str, actions_table: str) -> Self:
        """What runs now. Raises localcloud's NotRunning, or NotDeployed, with what to do about it."""
        try:
            outputs = read(OUTPUTS)
        except OutputsError as error:
            raise NotDeployed(str(error)) from error
        return cls(
            state=CloudState.load(),
            name=name,
            region=region,
            other=other,
            outputs=outputs,
            actions_table=actions_table,
        )

    @cached_property
    def resolver(self) -> ServiceResolver:
        """Where the public name leads to."""
        return ServiceResolver("127.0.0.1", self.state.dns_port)

    def client(self, service: str, region: str = "") -> Any:
        """A client in the first region, unless in another one."""
        made: Any = boto3.client
        return made(
            service,
            region_name=region or self.region,
            endpoint_url=self.state.operator_endpoint,
            aws_access_key_id=self.state.access_key_id,
            aws_secret_access_key=self.state.secret_access_key,
            config=_QUICK,
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
        found = self._clients["elbv2"].describe_target_groups(TargetGroupArns=[self.outputs["target_group"]])
        group = found["TargetGroups"][0]
        return float(group["HealthCheckIntervalSeconds"] * group["UnhealthyThresholdCount"])

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
            version=asking.version(self._site),
            leads_to=self._site.leads_to() or "",
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

    @property
    def _site(self) -> Site:
        return Site.of(self.state, self.name)

    def entries(self) -> set[Entry]:
        """All entries. Raises ObservationFailed."""
        return asking.entries(self._site)

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

    def trouble(self, name: str, **told: object) -> None:
        """Begin a trouble of the fleet. Raises FaultRefused."""
        order(self.state, Order(path=f"/faults/{name}", body=told))

    def withdraw(self) -> None:
        """Take back what Terraform knows nothing of, the newest first. Raises FaultRefused."""
        try:
            while self.undo:
                self.undo.pop()()
        except (BotoCoreError, ClientError) as error:
            raise FaultRefused(f"a change cannot be taken back: {error}") from error

    def victim(self) -> str:
        """An instance that serves. Raises FaultRefused without one."""
        found = self.serving()
        if not found:
            raise FaultRefused("no instance serves that could be harmed")
        return found[0]
