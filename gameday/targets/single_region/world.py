"""The single-region system on the local cloud, as an operator sees it."""

import time
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self

from botocore.exceptions import BotoCoreError, ClientError

from gameday.errors import FaultRefused, ObservationFailed
from gameday.observe.web import WebLook
from gameday.targets.visited import VisitedWorld, deployed_outputs, target_leaves_after_s
from gameday.targets.webapp import asking
from localcloud.core.state import CloudState

RUNNING, HEALTHY = "RUNNING", "HEALTHY"
COMPLETED = "COMPLETED"


@dataclass
class TaskWorld(VisitedWorld):
    """The service `web` is looked at: whoever visits meets it first."""

    service: str
    """Its name."""
    inner: str
    """The service that it finds by a private name."""

    @classmethod
    def deployed(cls, name: str, *, region: str, service: str, inner: str) -> Self:
        """What runs now. Raises localcloud's NotRunning, or NotDeployed, with what to do about it."""
        outputs = deployed_outputs()
        return cls(
            state=CloudState.load(),
            name=name,
            region=region,
            other=region,
            outputs=outputs,
            service=service,
            inner=inner,
        )

    @cached_property
    def _clients(self) -> dict[str, Any]:
        return {name: self.client(name) for name in ("ecs", "elbv2", "cloudwatch", "stepfunctions")}

    @property
    def leaves_after_s(self) -> float:
        """After how many seconds of failing checks the balancer leaves a target."""
        return target_leaves_after_s(self._clients["elbv2"], self.outputs["target_group"])

    def look(self) -> WebLook:
        """The system now: a task serves when its own checks and its balancer's say so.

        Raises ObservationFailed.
        """
        at = time.time()
        try:
            service, tasks = self._service(), self.tasks(self.service)
            targets = self._clients["elbv2"].describe_target_health(
                TargetGroupArn=self.outputs["target_group"]
            )["TargetHealthDescriptions"]
            alarms = self._clients["cloudwatch"].describe_alarms(StateValue="ALARM")["MetricAlarms"]
        except (BotoCoreError, ClientError, LookupError) as error:
            raise ObservationFailed(str(error)) from error
        well = {one["Target"]["Id"] for one in targets if one["TargetHealth"]["State"] == "healthy"}
        by_address = {_address(task): _id(task) for task in tasks}
        return WebLook(
            at=at,
            desired=service["desiredCount"],
            in_service=tuple(sorted(_id(one) for one in tasks if one["healthStatus"] == HEALTHY)),
            healthy=tuple(sorted(name for address, name in by_address.items() if address in well)),
            template=service["taskDefinition"],
            refresh=_rollout(service),
            ringing=tuple(sorted(one["AlarmName"] for one in alarms)),
            version=asking.version(self.site),
            leads_to=self.site.leads_to() or "",
        )

    def actions(self, since: float) -> tuple[str, ...]:
        """Executions of the healing machine that began since then. Raises ObservationFailed."""
        machine = self.outputs["healing_machine"]
        try:
            found = self._clients["stepfunctions"].list_executions(stateMachineArn=machine)["executions"]
        except (BotoCoreError, ClientError) as error:
            raise ObservationFailed(f"the executions cannot be read: {error}") from error
        began = [(one["startDate"].timestamp(), f"healing {one['name']}: {one['status']}") for one in found]
        return tuple(what for at, what in sorted(began) if at >= since)

    def victim(self) -> str:
        """The ARN of a task that serves. Raises FaultRefused without one."""
        seen = self.look()
        serving = {*seen.in_service} & {*seen.healthy}
        found = sorted(one["taskArn"] for one in self.tasks(self.service) if _id(one) in serving)
        if not found:
            raise FaultRefused("no task serves that could be harmed")
        return str(found[0])

    def writer(self) -> str:
        """The instance of the cluster that RDS calls the writer."""
        named = self.outputs["database_cluster"]
        found = self.client("rds").describe_db_clusters(DBClusterIdentifier=named)["DBClusters"][0]
        writers = [one["DBInstanceIdentifier"] for one in found["DBClusterMembers"] if one["IsClusterWriter"]]
        return str(writers[0])

    def _service(self) -> dict[str, Any]:
        found = self._clients["ecs"].describe_services(
            cluster=self.outputs["cluster_name"], services=[self.service]
        )
        return dict(found["services"][0])

    def tasks(self, service: str) -> list[dict[str, Any]]:
        """The running tasks of *service* as ECS describes them."""
        ecs, cluster = self._clients["ecs"], self.outputs["cluster_name"]
        arns = ecs.list_tasks(cluster=cluster, serviceName=service)["taskArns"]
        told = ecs.describe_tasks(cluster=cluster, tasks=arns)["tasks"] if arns else []
        return [dict(one) for one in told if one["lastStatus"] == RUNNING]


def _id(task: dict[str, Any]) -> str:
    """What tells it from other tasks of its cluster."""
    return str(task["taskArn"]).rpartition("/")[2]


def _address(task: dict[str, Any]) -> str:
    details = [one for interface in task["attachments"] for one in interface["details"]]
    return next((one["value"] for one in details if one["name"] == "privateIPv4Address"), "")


def _rollout(service: dict[str, Any]) -> str:
    """How far the present deployment is; empty when there is none under way, as for a group's refresh."""
    state = next(one["rolloutState"] for one in service["deployments"] if one["status"] == "PRIMARY")
    return "" if state == COMPLETED else "InProgress"
