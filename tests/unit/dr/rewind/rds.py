# ruff: noqa: N803 - the names are those of AWS
"""RDS in memory: the serving cluster, and what `dr rewind` makes beside it."""

from datetime import UTC, datetime, timedelta

from tests.unit.dr.checked_calls import Checked

EAST, WEST = "us-east-1", "us-west-2"
SERVING = "arn:aws:rds:us-east-1:1:cluster:payments-ledger-use1-test"
NOW = datetime.now(UTC).replace(microsecond=0)
THEN = NOW - timedelta(hours=71)
NAME = f"payments-ledger-use1-test-rewind-{THEN:%Y%m%d-%H%M%S}"


class Rds(Checked):
    """RDS with one serving cluster; a restored cluster and its instance need two looks to be available."""

    service = "rds"

    def __init__(self):
        super().__init__()
        self.clusters = {"payments-ledger-use1-test": serving_cluster()}
        self.instances = {"ledger-0": instance("ledger-0", "payments-ledger-use1-test")}
        self.becomes = "available"

    def on_describe_db_clusters(self):
        told = [dict(one) for one in self.clusters.values()]
        for cluster in [one for one in self.clusters.values() if one["Status"] == "creating"]:
            cluster["Status"] = self.becomes
        return {"DBClusters": told}

    def on_describe_db_instances(self, DBInstanceIdentifier=None, Filters=()):
        wanted = Filters[0]["Values"] if Filters else []
        return {
            "DBInstances": [
                dict(one)
                for name, one in self.instances.items()
                if name == DBInstanceIdentifier or one["DBClusterIdentifier"] in wanted
            ]
        }

    def on_restore_db_cluster_to_point_in_time(self, DBClusterIdentifier, Tags, **asked):
        source = self.clusters[asked["SourceDBClusterIdentifier"]]
        self.clusters[DBClusterIdentifier] = source | {
            "DBClusterIdentifier": DBClusterIdentifier,
            "DBClusterArn": f"arn:aws:rds:us-east-1:1:cluster:{DBClusterIdentifier}",
            "GlobalClusterIdentifier": "",
            "Status": "creating",
            "DBClusterMembers": [],
            "TagList": Tags,
        }

    def on_create_db_instance(self, DBInstanceIdentifier, DBClusterIdentifier, **_):
        self.instances[DBInstanceIdentifier] = instance(DBInstanceIdentifier, DBClusterIdentifier)
        member = {"DBInstanceIdentifier": DBInstanceIdentifier}
        self.clusters[DBClusterIdentifier]["DBClusterMembers"].append(member)

    def on_delete_db_instance(self, DBInstanceIdentifier, SkipFinalSnapshot):
        del self.instances[DBInstanceIdentifier]

    def on_delete_db_cluster(self, DBClusterIdentifier, SkipFinalSnapshot):
        del self.clusters[DBClusterIdentifier]

    @property
    def changed(self):
        """Every call that is no question."""
        return [name for name, _ in self.calls if not name.startswith("describe")]


def serving_cluster():
    return {
        "DBClusterIdentifier": "payments-ledger-use1-test",
        "DBClusterArn": SERVING,
        "GlobalClusterIdentifier": "payments-ledger-test",
        "KmsKeyId": "arn:key",
        "Engine": "aurora-postgresql",
        "DBSubnetGroup": "ledger",
        "DBClusterParameterGroup": "ledger",
        "VpcSecurityGroups": [{"VpcSecurityGroupId": "sg-1", "Status": "active"}],
        "EnabledCloudwatchLogsExports": ["postgresql"],
        "DBClusterMembers": [{"DBInstanceIdentifier": "ledger-0"}],
        "EarliestRestorableTime": NOW - timedelta(hours=168),
        "LatestRestorableTime": NOW - timedelta(minutes=5),
        "Status": "available",
        "Endpoint": "writer",
        "Port": 5432,
        "TagList": [
            {"Key": "EnvironmentSuffix", "Value": "test"},
            {"Key": "BackupPlan", "Value": "daily"},
            {"Key": "aws:made", "Value": "by AWS"},
        ],
    }


def instance(name, cluster):
    return {
        "DBInstanceIdentifier": name,
        "DBClusterIdentifier": cluster,
        "Engine": "aurora-postgresql",
        "DBInstanceClass": "db.r5.large",
        "DBParameterGroups": [{"DBParameterGroupName": "ledger"}],
        "PerformanceInsightsEnabled": True,
        "PerformanceInsightsKMSKeyId": "arn:key",
        "DBInstanceStatus": "available",
    }
