"""The clones in one region's RDS. The serving cluster is described and restored from, nothing else."""

from collections.abc import Mapping
from datetime import UTC
from functools import partial
from typing import Any

from dr.calls import PATIENT_S, ask, understood
from dr.moments import shown
from dr.operations import Refused
from dr.rewind.wish import Clone, Source, Wish

MADE_FROM, MADE_TO = "dr:rewind-of", "dr:rewind-to"
NOT_INHERITED = ("aws:", "dr:", "BackupPlan")
"""AWS's own tags, whose clone something is, and the daily backup of what lives for a day."""


class Clones:
    """What `dr rewind` made of one cluster. Every method raises AwsUnavailable, NoAccess."""

    def __init__(self, client: Any, region: str, serving: str) -> None:
        self._rds = client
        self._region = region
        self._serving = serving

    def source(self) -> Source:
        """The serving cluster. Raises Refused when there is none."""
        cluster = self._clusters().get(self._serving)
        if cluster is None:
            raise Refused(f"{self._region} has no cluster {self._serving}: is it another environment's?")
        with understood(self._region, f"the cluster {cluster['DBClusterIdentifier']}"):
            return _source(cluster)

    def all(self) -> list[Clone]:
        """Every clone of the serving cluster, by name."""
        made = (one for one in self._clusters().values() if self._made_here(one))
        return sorted((self._clone(one) for one in made), key=lambda clone: clone.name)

    def get(self, name: str) -> Clone | None:
        """The clone of that name; None without one. Raises Refused when it is anything else."""
        named = [one for one in self._clusters().values() if one["DBClusterIdentifier"] == name]
        if not named:
            return None
        (cluster,) = named
        if not self._made_here(cluster):
            raise Refused(f"{name} was not made by dr rewind: nothing is done to it")
        return self._clone(cluster)

    def restore(self, wish: Wish, source: Source) -> None:
        """Begin to make the clone, like the serving cluster in all but its tags.

        A moment needs a full copy; only the latest state can be had copy-on-write, within minutes:
        https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_RestoreDBClusterToPointInTime.html
        """
        when: dict[str, Any] = {"RestoreType": "full-copy", "RestoreToTime": wish.to}
        if wish.to is None:
            when = {"RestoreType": "copy-on-write", "UseLatestRestorableTime": True}
        tags = {key: value for key, value in source.tags if not key.startswith(NOT_INHERITED)}
        tags |= {MADE_FROM: self._serving, MADE_TO: shown(wish.moment(source))}
        ask(
            self._region,
            lambda: self._rds.restore_db_cluster_to_point_in_time(
                **when,
                DBClusterIdentifier=wish.name(source),
                SourceDBClusterIdentifier=source.name,
                DBSubnetGroupName=source.subnet_group,
                VpcSecurityGroupIds=list(source.security_groups),
                DBClusterParameterGroupName=source.parameter_group,
                KmsKeyId=source.key,
                EnableCloudwatchLogsExports=list(source.log_exports),
                CopyTagsToSnapshot=True,
                DeletionProtection=False,
                Tags=_as_list(tags),
            ),
        )

    def add_instance(self, clone: Clone, source: Source) -> None:
        """Give the clone one instance, of the class and parameters of the serving one."""
        asked = ask(
            self._region, lambda: self._rds.describe_db_instances(DBInstanceIdentifier=source.instance)
        )
        (like,) = asked["DBInstances"]
        insights = like.get("PerformanceInsightsEnabled", False)
        key = {"PerformanceInsightsKMSKeyId": like["PerformanceInsightsKMSKeyId"]} if insights else {}
        ask(
            self._region,
            lambda: self._rds.create_db_instance(
                DBInstanceIdentifier=f"{clone.name}-0",
                DBClusterIdentifier=clone.name,
                Engine=like["Engine"],
                DBInstanceClass=like["DBInstanceClass"],
                DBParameterGroupName=like["DBParameterGroups"][0]["DBParameterGroupName"],
                PubliclyAccessible=False,
                AutoMinorVersionUpgrade=False,
                EnablePerformanceInsights=insights,
                **key,
            ),
        )

    def instance_ready(self, clone: Clone) -> bool:
        """Whether an instance takes connections."""
        return any(one["DBInstanceStatus"] == "available" for one in self._instances(clone))

    def remove(self, clone: Clone) -> None:
        """Delete the instances, and once they are gone the cluster. Nothing is kept of it."""
        instances = self._instances(clone)
        for name in [
            one["DBInstanceIdentifier"] for one in instances if not _leaves(one["DBInstanceStatus"])
        ]:
            delete = partial(self._rds.delete_db_instance, DBInstanceIdentifier=name, SkipFinalSnapshot=True)
            ask(self._region, delete)
        if not instances and not _leaves(clone.status):
            delete = partial(
                self._rds.delete_db_cluster, DBClusterIdentifier=clone.name, SkipFinalSnapshot=True
            )
            ask(self._region, delete)

    def _clusters(self) -> dict[str, Mapping[str, Any]]:
        pages = self._rds.get_paginator("describe_db_clusters").paginate
        found = ask(
            self._region,
            lambda: [one for page in pages() for one in page["DBClusters"]],
            within_s=PATIENT_S,
        )
        return {cluster["DBClusterArn"]: cluster for cluster in found}

    def _instances(self, clone: Clone) -> list[Mapping[str, Any]]:
        wanted = [{"Name": "db-cluster-id", "Values": [clone.name]}]
        return list(ask(self._region, lambda: self._rds.describe_db_instances(Filters=wanted))["DBInstances"])

    def _made_here(self, cluster: Mapping[str, Any]) -> bool:
        """By its tag, and it serves nobody: no clone is, or becomes, a member of a global database."""
        ours = _tags(cluster).get(MADE_FROM) == self._serving
        return (
            ours and cluster["DBClusterArn"] != self._serving and not cluster.get("GlobalClusterIdentifier")
        )

    def _clone(self, cluster: Mapping[str, Any]) -> Clone:
        with understood(self._region, f"the clone {cluster['DBClusterIdentifier']}"):
            return Clone(
                name=cluster["DBClusterIdentifier"],
                region=self._region,
                engine=cluster["Engine"],
                of=self._serving.rpartition(":")[2],
                to=_tags(cluster)[MADE_TO],
                status=cluster["Status"],
                endpoint=f"{cluster['Endpoint']}:{cluster['Port']}",
                instances=tuple(one["DBInstanceIdentifier"] for one in cluster["DBClusterMembers"]),
            )


def _leaves(status: str) -> bool:
    return status == "deleting"


def _tags(cluster: Mapping[str, Any]) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in cluster.get("TagList", ())}


def _as_list(tags: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def _source(cluster: Mapping[str, Any]) -> Source:
    return Source(
        name=cluster["DBClusterIdentifier"],
        key=cluster["KmsKeyId"],
        subnet_group=cluster["DBSubnetGroup"],
        security_groups=tuple(group["VpcSecurityGroupId"] for group in cluster["VpcSecurityGroups"]),
        parameter_group=cluster["DBClusterParameterGroup"],
        log_exports=tuple(cluster.get("EnabledCloudwatchLogsExports", ())),
        tags=tuple(_tags(cluster).items()),
        instance=cluster["DBClusterMembers"][0]["DBInstanceIdentifier"],
        earliest=cluster["EarliestRestorableTime"].astimezone(UTC),
        latest=cluster["LatestRestorableTime"].astimezone(UTC),
    )
