"""The primary, its replica, how far that is behind, and where the writer's name leads, as AWS tells them."""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from remediation.observation import DatabaseSeen, Missing

if TYPE_CHECKING:
    from mypy_boto3_cloudwatch import CloudWatchClient
    from mypy_boto3_rds import RDSClient
    from mypy_boto3_route53 import Route53Client

LAG_WINDOW = timedelta(minutes=10)
"""When the primary is lost, the last figure before is the one that counts."""
_NOT_FOUND = "DBInstanceNotFound"


class DatabaseSensors:
    """Reads two database instances and one record. Every method raises what boto3 raises."""

    def __init__(
        self, rds: "RDSClient", cloudwatch: "CloudWatchClient", route53: "Route53Client", *, zone: str
    ) -> None:
        self._rds = rds
        self._cloudwatch = cloudwatch
        self._route53 = route53
        self._zone = zone

    def database(self, id_: str) -> DatabaseSeen | Missing:
        """The database with this id."""
        try:
            [found] = self._rds.describe_db_instances(DBInstanceIdentifier=id_)["DBInstances"]
        except ClientError as error:
            if error.response["Error"]["Code"] in {_NOT_FOUND, f"{_NOT_FOUND}Fault"}:
                return Missing.GONE
            raise
        return DatabaseSeen(
            id=id_,
            status=found["DBInstanceStatus"],
            host=found.get("Endpoint", {}).get("Address", ""),
            multi_az=found.get("MultiAZ", False),
            source=found.get("ReadReplicaSourceDBInstanceIdentifier", ""),
        )

    def lag_s(self, replica: str, *, at_ms: int) -> float | None:
        """The newest figure of how far the replica is behind; None when there is none."""
        now = datetime.fromtimestamp(at_ms / 1000, UTC)
        found = self._cloudwatch.get_metric_statistics(
            Namespace="AWS/RDS",
            MetricName="ReplicaLag",
            Dimensions=[{"Name": "DBInstanceIdentifier", "Value": replica}],
            StartTime=now - LAG_WINDOW,
            EndTime=now,
            Period=60,
            Statistics=["Maximum"],
        )["Datapoints"]
        newest = max(found, key=lambda one: one["Timestamp"], default=None)
        # RDS reports -1 when the replica cannot tell.
        return newest["Maximum"] if newest and newest["Maximum"] >= 0 else None

    def points_at(self, name: str) -> str:
        """The host that a name leads to; empty when there is no such record."""
        found = self._route53.list_resource_record_sets(
            HostedZoneId=self._zone, StartRecordName=name, StartRecordType="CNAME", MaxItems="1"
        )["ResourceRecordSets"]
        for record in found:
            if record["Name"].rstrip(".") == name and record["Type"] == "CNAME":
                return record["ResourceRecords"][0]["Value"].rstrip(".")
        return ""
