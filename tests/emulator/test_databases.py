import time

import boto3
import pytest
from botocore.exceptions import ClientError

from tests.emulator.deployed import statement
from tests.emulator.emulator_process import ACCOUNT, AWAY, HOME, TOKEN

GROUP = "ledger"
KEY = f"arn:aws:kms:{HOME}:{ACCOUNT}:key/one"


@pytest.fixture(scope="module", autouse=True)
def _clusters(emulator):
    engine = {"Engine": "aurora-postgresql", "EngineVersion": "16.8"}
    databases = emulator.client("rds")
    databases.create_global_cluster(GlobalClusterIdentifier=GROUP, **engine)
    databases.create_db_cluster(
        DBClusterIdentifier="ledger-home",
        GlobalClusterIdentifier=GROUP,
        MasterUsername="owner",
        MasterUserPassword="secret-word",
        DatabaseName="payments",
        EnableCloudwatchLogsExports=["postgresql"],
        **engine,
    )
    emulator.client("rds", AWAY).create_db_cluster(
        DBClusterIdentifier="ledger-away", GlobalClusterIdentifier=GROUP, **engine
    )


@pytest.fixture(autouse=True)
def _supervisor_well_again(emulator):
    yield
    emulator.hooks.status = 200


@pytest.fixture
def cluster(emulator):
    def cluster() -> dict:
        described = emulator.client("rds").describe_db_clusters(DBClusterIdentifier="ledger-home")
        return described["DBClusters"][0]

    return cluster


@pytest.fixture
def writer(emulator):
    def writer() -> str:
        groups = emulator.client("rds", AWAY).describe_global_clusters(GlobalClusterIdentifier=GROUP)
        members = groups["GlobalClusters"][0]["GlobalClusterMembers"]
        return next(member["DBClusterArn"] for member in members if member["IsWriter"])

    return writer


@pytest.fixture
def fail_over(emulator):
    def fail_over(cluster: str, region: str) -> None:
        emulator.client("rds", region).failover_global_cluster(
            GlobalClusterIdentifier=GROUP,
            TargetDbClusterIdentifier=f"arn:aws:rds:{region}:{ACCOUNT}:cluster:{cluster}",
            AllowDataLoss=True,
        )

    return fail_over


def test_the_writer_cluster_gets_its_owner_and_database_the_secondary_nothing(emulator):
    order = {"region": HOME, "username": "owner", "password": "secret-word", "database": "payments"}
    asked = [asked for asked in emulator.hooks.orders if asked[0] == "/hooks/database"]
    assert asked == [("/hooks/database", TOKEN, order)]


def test_endpoints_are_the_local_servers_and_stay_when_an_instance_comes(emulator, cluster):
    before = cluster()
    emulator.client("rds").create_db_instance(
        DBInstanceIdentifier="one",
        DBClusterIdentifier="ledger-home",
        DBInstanceClass="db.r6g.large",
        Engine="aurora-postgresql",
        PerformanceInsightsKMSKeyId=KEY,
    )
    instances = emulator.client("rds").describe_db_instances(DBInstanceIdentifier="one")["DBInstances"]
    for place in (before, cluster()):
        assert (place["Endpoint"], place["ReaderEndpoint"]) == ("127.0.0.1", "127.0.0.1")
        assert place["Port"] == emulator.config["databases"][HOME]["port"]
    assert instances[0]["PerformanceInsightsKMSKeyId"] == KEY


def test_log_exports_are_remembered_and_can_be_changed(emulator, cluster):
    assert cluster()["EnabledCloudwatchLogsExports"] == ["postgresql"]
    for change, expected in (
        ({"DisableLogTypes": ["postgresql"]}, []),
        ({"EnableLogTypes": ["postgresql"]}, ["postgresql"]),
    ):
        emulator.client("rds").modify_db_cluster(
            DBClusterIdentifier="ledger-home", CloudwatchLogsExportConfiguration=change
        )
        assert cluster()["EnabledCloudwatchLogsExports"] == expected


def test_failover_promotes_while_the_old_home_is_dead_and_back(emulator, fail_over, writer):
    emulator.kill(HOME)
    fail_over("ledger-away", AWAY)
    assert AWAY in writer()
    emulator.revive(HOME)
    order = {"action": "failover", "global_cluster": GROUP, "from_region": HOME, "to_region": AWAY}
    assert emulator.hooks.orders[-1] == ("/hooks/promote", TOKEN, order)
    fail_over("ledger-home", HOME)
    assert HOME in writer()


def test_roles_stay_when_the_promotion_fails(emulator, fail_over, writer):
    emulator.hooks.status = 500
    with pytest.raises(ClientError, match="InternalFailure"):
        fail_over("ledger-away", AWAY)
    assert HOME in writer()


def test_the_writer_is_not_promoted_again(emulator, fail_over):
    before = len(emulator.hooks.orders)
    with pytest.raises(ClientError, match="InvalidGlobalClusterStateFault"):
        fail_over("ledger-home", HOME)
    assert len(emulator.hooks.orders) == before


def test_a_policy_can_name_the_global_cluster_and_its_cluster(emulator):
    root = statement(Principal={"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, Action="sts:AssumeRole")
    iam = emulator.client("iam")
    arn = iam.create_role(RoleName="promoter", AssumeRolePolicyDocument=root)["Role"]["Arn"]
    allowed = [f"arn:aws:rds::{ACCOUNT}:global-cluster:{GROUP}", f"arn:aws:rds:{HOME}:{ACCOUNT}:cluster:*"]
    policy = statement(Action="rds:FailoverGlobalCluster", Resource=allowed)
    iam.put_role_policy(RoleName="promoter", PolicyName="own", PolicyDocument=policy)
    keys = emulator.client("sts").assume_role(RoleArn=arn, RoleSessionName="one")["Credentials"]
    databases = boto3.client(
        "rds",
        region_name=HOME,
        endpoint_url=f"http://127.0.0.1:{emulator.operator}",
        aws_access_key_id=keys["AccessKeyId"],
        aws_secret_access_key=keys["SecretAccessKey"],
        aws_session_token=keys["SessionToken"],
    )
    target = {"TargetDbClusterIdentifier": "ledger-home", "AllowDataLoss": True}
    with pytest.raises(ClientError, match="InvalidGlobalClusterStateFault"):
        databases.failover_global_cluster(GlobalClusterIdentifier=GROUP, **target)
    with pytest.raises(ClientError, match="AccessDenied"):
        databases.failover_global_cluster(GlobalClusterIdentifier="another", **target)


def test_a_replica_of_a_table_keeps_its_own_key(emulator):
    keys = {region: f"arn:aws:kms:{region}:{ACCOUNT}:key/one" for region in (HOME, AWAY)}
    tables = emulator.client("dynamodb")
    tables.create_table(
        TableName="sessions",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
        SSESpecification={"Enabled": True, "SSEType": "KMS", "KMSMasterKeyId": keys[HOME]},
    )
    tables.update_table(
        TableName="sessions",
        ReplicaUpdates=[{"Create": {"RegionName": AWAY, "KMSMasterKeyId": keys[AWAY]}}],
    )
    for region, key in keys.items():
        table = emulator.client("dynamodb", region).describe_table(TableName="sessions")["Table"]
        assert table["SSEDescription"]["KMSMasterKeyArn"] == key


def test_a_slow_failover_is_under_way_until_it_is_told_to_end(emulator, fail_over, writer):
    databases = emulator.client("rds", AWAY)

    def state() -> dict:
        [group] = databases.describe_global_clusters(GlobalClusterIdentifier=GROUP)["GlobalClusters"]
        return group.get("FailoverState", {})

    emulator.gate("promotion", {"region": AWAY, "seconds": 600})
    before = len(emulator.hooks.orders)
    fail_over("ledger-away", AWAY)
    assert (state()["Status"], state()["ToDbClusterArn"]) == (
        "failing-over",
        f"arn:aws:rds:{AWAY}:{ACCOUNT}:cluster:ledger-away",
    )
    with pytest.raises(ClientError, match="InvalidGlobalClusterStateFault"):
        fail_over("ledger-away", AWAY)
    assert HOME in writer()
    assert len(emulator.hooks.orders) == before, "nothing is promoted yet"
    emulator.gate("promotion", {"region": AWAY, "seconds": 0})
    deadline = time.monotonic() + 30
    while state() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert (AWAY in writer(), state()) == (True, {})
    assert [order for _, _, order in emulator.hooks.orders[before:]] == [
        {"action": "failover", "global_cluster": GROUP, "from_region": HOME, "to_region": AWAY}
    ]
    fail_over("ledger-home", HOME)
    assert (HOME in writer(), state()) == (True, {}), "it lasts no longer than here"


def test_a_secondary_that_is_removed_after_its_writer_was_lost_is_promoted_and_comes_back_in_the_end(
    emulator, fail_over, writer
):
    emulator.gate("managed-failover", {"region": AWAY, "refused": True})
    emulator.kill(HOME)
    with pytest.raises(ClientError, match="InvalidGlobalClusterStateFault"):
        fail_over("ledger-away", AWAY)
    before = len(emulator.hooks.orders)
    arn = f"arn:aws:rds:{AWAY}:{ACCOUNT}:cluster:ledger-away"
    emulator.client("rds", AWAY).remove_from_global_cluster(
        GlobalClusterIdentifier=GROUP, DbClusterIdentifier=arn
    )
    order = {"action": "failover", "to_region": AWAY}
    assert emulator.hooks.orders[before:] == [("/hooks/promote", TOKEN, order)]
    assert HOME in writer(), "it is no member any more"
    emulator.revive(HOME)
    emulator.gate("managed-failover", {"region": AWAY, "refused": False})
    assert AWAY in writer()
    fail_over("ledger-home", HOME)
    assert HOME in writer()


def test_a_secondary_that_leaves_a_writer_which_lives_is_not_promoted(emulator):
    before = len(emulator.hooks.orders)
    arn = f"arn:aws:rds:{AWAY}:{ACCOUNT}:cluster:ledger-away"
    emulator.client("rds", AWAY).remove_from_global_cluster(
        GlobalClusterIdentifier=GROUP, DbClusterIdentifier=arn
    )
    assert len(emulator.hooks.orders) == before
