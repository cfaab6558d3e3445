"""A cluster of one region whose reader becomes the writer on request."""

import pytest

CLUSTER, WRITER, READER = "board", "board-0", "board-1"


@pytest.fixture(scope="module")
def rds(emulator):
    rds = emulator.client("rds")
    rds.create_db_cluster(
        DBClusterIdentifier=CLUSTER,
        Engine="aurora-postgresql",
        EngineVersion="16.8",
        MasterUsername="owner",
        MasterUserPassword="secret-word",
    )
    for name in (WRITER, READER):
        rds.create_db_instance(
            DBInstanceIdentifier=name,
            DBClusterIdentifier=CLUSTER,
            DBInstanceClass="db.r6g.large",
            Engine="aurora-postgresql",
        )
    return rds


def failovers(rds):
    asked = {"SourceType": "db-cluster", "SourceIdentifier": CLUSTER, "EventCategories": ["failover"]}
    return [one["Message"] for one in rds.describe_events(**asked)["Events"]]


def test_a_failover_moves_the_writer_and_rds_tells_of_it(emulator, rds):
    assert failovers(rds) == []
    rds.failover_db_cluster(DBClusterIdentifier=CLUSTER, TargetDBInstanceIdentifier=READER)
    members = rds.describe_db_clusters(DBClusterIdentifier=CLUSTER)["DBClusters"][0]["DBClusterMembers"]
    assert [one["DBInstanceIdentifier"] for one in members if one["IsClusterWriter"]] == [READER]
    assert failovers(rds) == [f"Completed failover to DB instance: {READER}"]


def test_a_failover_that_the_database_refuses_is_not_told(emulator, rds):
    before = failovers(rds)
    emulator.hooks.status = 500
    try:
        with pytest.raises(rds.exceptions.ClientError):
            rds.failover_db_cluster(DBClusterIdentifier=CLUSTER, TargetDBInstanceIdentifier=WRITER)
    finally:
        emulator.hooks.status = 200
    assert failovers(rds) == before
