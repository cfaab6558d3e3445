"""W05: single databases of RDS, and a read replica, as the provider and the web application find them."""

import pytest
from botocore.exceptions import ClientError

from tests.emulator.emulator_process import HOME, TOKEN

WRITER, REPLICA = "board-0", "board-1"
KEY = f"arn:aws:kms:{HOME}:123456789012:key/one"


@pytest.fixture(scope="module")
def databases(emulator):
    rds = emulator.client("rds")
    rds.create_db_instance(
        DBInstanceIdentifier=WRITER,
        DBInstanceClass="db.t4g.medium",
        Engine="postgres",
        EngineVersion="16.11",
        AllocatedStorage=20,
        MultiAZ=True,
        DBName="board",
        MasterUsername="board",
        MasterUserPassword="secret-word",
        BackupRetentionPeriod=7,
        EnableCloudwatchLogsExports=["postgresql", "upgrade"],
        EnablePerformanceInsights=True,
        PerformanceInsightsKMSKeyId=KEY,
    )
    rds.create_db_instance_read_replica(
        DBInstanceIdentifier=REPLICA,
        SourceDBInstanceIdentifier=WRITER,
        DBInstanceClass="db.t4g.large",
        VpcSecurityGroupIds=["sg-2"],
        EnableCloudwatchLogsExports=["postgresql"],
        EnablePerformanceInsights=True,
        PerformanceInsightsKMSKeyId=KEY,
    )
    return rds


def described(databases, name):
    (found,) = databases.describe_db_instances(DBInstanceIdentifier=name)["DBInstances"]
    return found


def test_the_writer_gets_its_owner_and_database_the_replica_gets_all_from_it(emulator, databases):
    asked = [asked for asked in emulator.hooks.orders if asked[0] == "/hooks/database"]
    order = {"server": WRITER, "username": "board", "password": "secret-word", "database": "board"}
    assert asked == [("/hooks/database", TOKEN, order)]


def test_each_has_a_name_of_its_own_at_the_port_of_postgresql(databases):
    for name in (WRITER, REPLICA):
        endpoint = described(databases, name)["Endpoint"]
        assert endpoint["Address"] == f"{name}.c0localcloud.{HOME}.rds.amazonaws.com"
        assert endpoint["Port"] == 5432


def test_the_replica_is_what_was_asked_for_and_no_copy_of_its_source(databases):
    writer, replica = described(databases, WRITER), described(databases, REPLICA)
    assert (writer["MultiAZ"], replica["MultiAZ"]) == (True, False)
    assert (writer["BackupRetentionPeriod"], replica["BackupRetentionPeriod"]) == (7, 0)
    assert replica["DBInstanceClass"] == "db.t4g.large"
    assert [one["VpcSecurityGroupId"] for one in replica["VpcSecurityGroups"]] == ["sg-2"]
    assert replica["PerformanceInsightsKMSKeyId"] == KEY
    assert replica["ReadReplicaSourceDBInstanceIdentifier"] == WRITER


def test_exported_logs_are_told_and_can_be_changed(databases):
    assert described(databases, WRITER)["EnabledCloudwatchLogsExports"] == ["postgresql", "upgrade"]
    databases.modify_db_instance(
        DBInstanceIdentifier=REPLICA,
        CloudwatchLogsExportConfiguration={"EnableLogTypes": ["upgrade"], "DisableLogTypes": ["postgresql"]},
    )
    assert described(databases, REPLICA)["EnabledCloudwatchLogsExports"] == ["upgrade"]


def test_an_instance_is_found_by_its_resource_id_and_is_gone_when_it_is_deleted(databases):
    databases.create_db_instance_read_replica(DBInstanceIdentifier="gone", SourceDBInstanceIdentifier=WRITER)

    def found(resource):
        asked = [{"Name": "dbi-resource-id", "Values": [resource]}]
        return [
            one["DBInstanceIdentifier"]
            for one in databases.describe_db_instances(Filters=asked)["DBInstances"]
        ]

    resource = described(databases, "gone")["DbiResourceId"]
    assert found(resource) == ["gone"]
    assert "gone" in described(databases, WRITER)["ReadReplicaDBInstanceIdentifiers"]
    databases.delete_db_instance(DBInstanceIdentifier="gone", SkipFinalSnapshot=True)
    assert found(resource) == []
    assert "gone" not in described(databases, WRITER)["ReadReplicaDBInstanceIdentifiers"]


def test_only_a_replica_is_promoted_and_then_it_follows_nobody(emulator, databases):
    with pytest.raises(ClientError, match="InvalidDBInstanceState"):
        databases.promote_read_replica(DBInstanceIdentifier=WRITER)
    databases.promote_read_replica(DBInstanceIdentifier=REPLICA, BackupRetentionPeriod=7)
    order = {"action": "failover", "to_region": REPLICA}
    assert emulator.hooks.orders[-1] == ("/hooks/promote", TOKEN, order)
    assert not described(databases, REPLICA)["ReadReplicaSourceDBInstanceIdentifier"]
    assert described(databases, REPLICA)["BackupRetentionPeriod"] == 7
    assert described(databases, WRITER)["ReadReplicaDBInstanceIdentifiers"] == []


def test_a_drill_says_what_rds_says_and_a_lost_pair_is_built_anew(emulator, databases):
    def told(what, **order):
        return emulator.gate(f"databases/{what}", {"region": HOME, **order})

    told("status", id=WRITER, status="failed")
    assert described(databases, WRITER)["DBInstanceStatus"] == "failed"
    told("follow", writer=WRITER, replica=REPLICA)
    assert described(databases, WRITER)["DBInstanceStatus"] == "available"
    assert described(databases, WRITER)["ReadReplicaDBInstanceIdentifiers"] == [REPLICA]
    assert described(databases, REPLICA)["ReadReplicaSourceDBInstanceIdentifier"] == WRITER
    assert described(databases, REPLICA)["BackupRetentionPeriod"] == 0
