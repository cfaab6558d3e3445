"""What AWS says about the database, its alarm and the services. What it does not say is None."""

from dataclasses import dataclass
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from healing.observation import ClusterSeen, Condition, Member, ServiceSeen

STATES = {"ALARM": True, "OK": False}
"""Whether an alarm rings; in any other state it does not know."""
COOL_DOWN_MIN = 60
"""So long a failover that is over speaks against another one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sensors:
    """Reads; it changes nothing."""

    rds: Any
    ecs: Any
    cloudwatch: Any
    database: str
    alarm: str
    """The composite alarm of the database."""
    visits: tuple[str, ...]
    """The alarms of what visitors notice."""
    containers: str
    services: tuple[str, ...]

    def observe(self, *, wanted: bool) -> Condition:
        """All facts of this moment."""
        return Condition(
            cluster=self._cluster(),
            services=self._services(),
            database_impaired=self._ring(self.alarm),
            visitors_fail=self._ring(*self.visits),
            wanted=wanted,
        )

    def _cluster(self) -> ClusterSeen | None:
        try:
            (found,) = self.rds.describe_db_clusters(DBClusterIdentifier=self.database)["DBClusters"]
            writes = {
                one["DBInstanceIdentifier"]: one["IsClusterWriter"] for one in found["DBClusterMembers"]
            }
            members = tuple(self._member(name, writes=role) for name, role in sorted(writes.items()))
            events = self.rds.describe_events(
                SourceType="db-cluster",
                SourceIdentifier=self.database,
                EventCategories=["failover"],
                Duration=COOL_DOWN_MIN,
            )["Events"]
        except (BotoCoreError, ClientError):
            return None
        return ClusterSeen(status=found["Status"], members=members, failed_over_lately=bool(events))

    def _member(self, name: str, *, writes: bool) -> Member:
        (found,) = self.rds.describe_db_instances(DBInstanceIdentifier=name)["DBInstances"]
        return Member(id=name, status=found["DBInstanceStatus"], writes=writes)

    def _services(self) -> tuple[ServiceSeen, ...] | None:
        try:
            found = self.ecs.describe_services(cluster=self.containers, services=list(self.services))
        except (BotoCoreError, ClientError):
            return None
        if found["failures"]:
            return None
        return tuple(
            ServiceSeen(
                name=one["serviceName"],
                desired=one["desiredCount"],
                running=one["runningCount"],
                deploying=len(one["deployments"]) > 1,
            )
            for one in found["services"]
        )

    def _ring(self, *names: str) -> bool | None:
        """Whether any of them rings; None unless each of them knows."""
        try:
            found = self.cloudwatch.describe_alarms(
                AlarmNames=list(names), AlarmTypes=["CompositeAlarm", "MetricAlarm"]
            )
        except (BotoCoreError, ClientError):
            return None
        alarms = [*found["CompositeAlarms"], *found["MetricAlarms"]]
        states = [STATES.get(one["StateValue"]) for one in alarms]
        if len(states) < len(names) or None in states:
            return None
        return any(states)
