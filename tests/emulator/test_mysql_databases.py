import pytest

from tests.emulator.emulator_process import AWAY, HOME

GROUP = "orders"
ENGINE = {"Engine": "aurora-mysql", "EngineVersion": "8.0.mysql_aurora.3.10.4"}


@pytest.fixture(scope="module")
def global_database(emulator):
    """Two clusters; where its writer is now."""
    emulator.client("rds").create_global_cluster(GlobalClusterIdentifier=GROUP, **ENGINE)
    owner = {"MasterUsername": "owner", "MasterUserPassword": "secret-word", "DatabaseName": "trading"}
    for region, given in ((HOME, owner), (AWAY, {})):
        emulator.client("rds", region).create_db_cluster(
            DBClusterIdentifier=f"orders-{region}", GlobalClusterIdentifier=GROUP, **ENGINE, **given
        )

    def writer() -> str:
        found = emulator.client("rds").describe_global_clusters(GlobalClusterIdentifier=GROUP)
        members = found["GlobalClusters"][0]["GlobalClusterMembers"]
        (arn,) = [member["DBClusterArn"] for member in members if member["IsWriter"]]
        return arn

    return writer


@pytest.mark.parametrize("there", [AWAY, HOME])
def test_a_planned_move_of_mysql_asks_the_supervisor_and_changes_the_roles(emulator, global_database, there):
    here = global_database()
    target = here.replace(HOME, there).replace(AWAY, there)
    region = here.split(":")[3]
    emulator.client("rds", region).switchover_global_cluster(
        GlobalClusterIdentifier=GROUP, TargetDbClusterIdentifier=target
    )
    assert global_database() == target
    path, _, order = emulator.hooks.orders[-1]
    assert (path, order["action"], order["to_region"]) == ("/hooks/promote", "switchover", there)
