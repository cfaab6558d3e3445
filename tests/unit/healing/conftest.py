"""A system that is well, whose facts a test changes one at a time."""

from typing import Any

import pytest

from healing.observation import ClusterSeen, Condition, Member, ServiceSeen

WRITER = Member(id="db-0", status="available", writes=True)
READER = Member(id="db-1", status="available", writes=False)
CLUSTER = ClusterSeen(status="available", members=(WRITER, READER), failed_over_lately=False)
SERVICES = (
    ServiceSeen(name="web", desired=3, running=3, deploying=False),
    ServiceSeen(name="sessions", desired=3, running=3, deploying=False),
)
LOST = Member(id="db-0", status="failed", writes=True)


def condition(**changed: Any) -> Condition:
    facts: dict[str, Any] = {
        "cluster": CLUSTER,
        "services": SERVICES,
        "database_impaired": False,
        "visitors_fail": False,
        "wanted": False,
    }
    return Condition(**facts | changed)


class Aws:
    """Answers for RDS, ECS, CloudWatch and SNS at once, and keeps what it was asked to change."""

    def __init__(self) -> None:
        self.writer, self.status = "db-0", "available"
        self.statuses = {"db-0": "available", "db-1": "available"}
        self.events: list[dict[str, str]] = []
        self.alarm = "OK"
        self.visits = {"services-impaired": "OK", "canary-failing": "OK"}
        self.running = {"web": 3, "sessions": 3}
        self.deployments = 1
        self.failures: list[str] = []
        self.broken: set[str] = set()
        self.failovers: list[str] = []
        self.letters: list[dict[str, str]] = []

    def _may(self, call: str) -> None:
        from botocore.exceptions import ClientError  # noqa: PLC0415 - only where it is raised

        if call in self.broken:
            raise ClientError({"Error": {"Code": "Throttling"}}, call)

    def describe_db_clusters(self, **_: str) -> dict[str, Any]:
        self._may("clusters")
        members = [
            {"DBInstanceIdentifier": one, "IsClusterWriter": one == self.writer} for one in self.statuses
        ]
        return {"DBClusters": [{"Status": self.status, "DBClusterMembers": members}]}

    def describe_db_instances(self, *, DBInstanceIdentifier: str) -> dict[str, Any]:  # noqa: N803 - AWS's
        return {"DBInstances": [{"DBInstanceStatus": self.statuses[DBInstanceIdentifier]}]}

    def describe_events(self, **asked: Any) -> dict[str, Any]:
        assert (asked["EventCategories"], asked["Duration"]) == (["failover"], 60)
        return {"Events": self.events}

    def describe_services(self, *, cluster: str, services: list[str]) -> dict[str, Any]:
        self._may("services")
        found = [
            {
                "serviceName": one,
                "desiredCount": 3,
                "runningCount": self.running[one],
                "deployments": [{}] * self.deployments,
            }
            for one in services
        ]
        return {"services": found, "failures": self.failures}

    def describe_alarms(self, *, AlarmNames: list[str], AlarmTypes: list[str]) -> dict[str, Any]:  # noqa: N803 - AWS's
        self._may("alarms")
        assert set(AlarmTypes) == {"CompositeAlarm", "MetricAlarm"}
        known = {"impaired": self.alarm, **self.visits}
        told = {name: {"StateValue": known[name]} for name in AlarmNames if known[name]}
        metric = [told.pop(name) for name in ("canary-failing",) if name in told]
        return {"CompositeAlarms": [*told.values()], "MetricAlarms": metric}

    def failover_db_cluster(self, *, DBClusterIdentifier: str) -> None:  # noqa: N803 - AWS's word
        self.failovers.append(DBClusterIdentifier)

    def publish(self, **letter: str) -> None:
        self.letters.append(letter)


@pytest.fixture
def aws() -> Aws:
    return Aws()
