"""The single-region system on the local cloud, as an operator sees it."""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from gameday.errors import ObservationFailed
from gameday.observe.web import WebLook
from gameday.targets.visited import VisitedWorld
from gameday.targets.webapp import asking

RUNNING, HEALTHY = "RUNNING", "HEALTHY"
KEPT_MIN = 60
"""For how long a failover counts against the next one."""
COMPLETED = "COMPLETED"


@dataclass
class TaskWorld(VisitedWorld):
    """The service `web` is looked at: whoever visits meets it first."""

    service: str
    """Its name."""
    inner: str
    """The service that it finds by a private name."""
    found: list[str] = field(default_factory=list, kw_only=True)
    """What the drill's own steps found out, in words."""

    def look(self) -> WebLook:
        """The system now: a task serves when its own checks and its balancer's say so.

        Raises ObservationFailed.
        """
        at = time.time()
        try:
            service, tasks = self._service(), self.tasks(self.service)
            well, ringing = self.healthy_targets(), self.ringing()
        except (BotoCoreError, ClientError, LookupError) as error:
            raise ObservationFailed(str(error)) from error
        by_address = {_address(task): _id(task) for task in tasks}
        return WebLook(
            at=at,
            desired=service["desiredCount"],
            in_service=tuple(sorted(_id(one) for one in tasks if one["healthStatus"] == HEALTHY)),
            healthy=tuple(sorted(name for address, name in by_address.items() if address in well)),
            template=service["taskDefinition"],
            refresh=_rollout(service),
            ringing=ringing,
            version=asking.version(self.site),
            leads_to=self.site.leads_to() or "",
        )

    def actions(self, since: float) -> tuple[str, ...]:
        """Executions of the healing machine that began since then, failovers, and what steps found out.

        Raises ObservationFailed.
        """
        machine = self.outputs["healing_machine"]
        try:
            found = self.client("stepfunctions").list_executions(stateMachineArn=machine)["executions"]
            began = [one for one in found if one["startDate"].timestamp() >= since]
            told = [self._told(one) for one in sorted(began, key=lambda one: one["startDate"])]
            return (*told, *self.failovers(since), *self.found)
        except (BotoCoreError, ClientError) as error:
            raise ObservationFailed(f"the executions cannot be read: {error}") from error

    def failovers(self, since: float) -> tuple[str, ...]:
        """What RDS tells of failovers of the cluster since then, at most those of the last hour."""
        asked = {"SourceType": "db-cluster", "SourceIdentifier": self.outputs["database_cluster"]}
        found = self.client("rds").describe_events(**asked, EventCategories=["failover"], Duration=KEPT_MIN)[
            "Events"
        ]
        return tuple(f"database: {one['Message']}" for one in found if one["Date"].timestamp() >= since)

    def _told(self, execution: Mapping[str, Any]) -> str:
        """How an execution stands, and by which rule it decided."""
        whole = self.client("stepfunctions").describe_execution(executionArn=execution["executionArn"])
        verdict = json.loads(whole.get("output") or "{}").get("verdict") or {}
        return " ".join(["healing", execution["name"], whole["status"], verdict.get("rule", "")]).strip()

    def victim(self) -> str:
        """The ARN of a task that serves, or its name when it ended meanwhile. Raises FaultRefused."""
        name = super().victim()
        arns = {_id(one): str(one["taskArn"]) for one in self.tasks(self.service)}
        return arns.get(name, name)

    def writer(self) -> str:
        """The instance of the cluster that RDS calls the writer."""
        named = self.outputs["database_cluster"]
        found = self.client("rds").describe_db_clusters(DBClusterIdentifier=named)["DBClusters"][0]
        writers = [one["DBInstanceIdentifier"] for one in found["DBClusterMembers"] if one["IsClusterWriter"]]
        return str(writers[0])

    def task_role(self, service: str) -> str:
        """The name of the role that the tasks of *service* have."""
        ecs, cluster = self.client("ecs"), self.outputs["cluster_name"]
        found = ecs.describe_services(cluster=cluster, services=[service])["services"][0]
        told = ecs.describe_task_definition(taskDefinition=found["taskDefinition"])["taskDefinition"]
        return str(told["taskRoleArn"]).rpartition("/")[2]

    def _service(self) -> dict[str, Any]:
        found = self.client("ecs").describe_services(
            cluster=self.outputs["cluster_name"], services=[self.service]
        )
        return dict(found["services"][0])

    def tasks(self, service: str) -> list[dict[str, Any]]:
        """The running tasks of *service* as ECS describes them."""
        ecs, cluster = self.client("ecs"), self.outputs["cluster_name"]
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
