import pytest

from lib.systems.load import load_settings
from tests.unit.synthesized import synthesize

TABLES = {
    "payments-lease-test": "system",
    "payments-journal-test": "idempotency_key",
    "payments-arrivals-test": "window",
    "payments-sessions-test": "session_id",
    "payments-approvals-test": "approver",
}
STRONG = {f"payments-{name}-test" for name in ("lease", "journal", "arrivals", "approvals")}


@pytest.fixture(scope="module")
def foundation(stacks):
    return stacks["foundation"]


@pytest.fixture(scope="module")
def on_version_5(functions, tmp_path_factory):
    settings = load_settings({"ENVIRONMENT_SUFFIX": "test", "AWS_PROVIDER_VERSION": "5.100.0"})
    return synthesize(settings, functions, tmp_path_factory.mktemp("v5"))


def test_P01_the_global_database_exists_before_any_region(foundation, stacks):
    container = foundation.only("aws_rds_global_cluster")
    assert container["global_cluster_identifier"] == "payments-ledger-test"
    assert (container["engine"], container["engine_version"]) == ("aurora-postgresql", "16.11")
    for code in ("use1", "usw2"):
        cluster = stacks[code].only("aws_rds_cluster")
        assert cluster["global_cluster_identifier"] == container["global_cluster_identifier"]


def test_P02_tables_are_on_demand_with_rewind_and_a_key_in_both_regions(foundation):
    tables = foundation.by("aws_dynamodb_table", "name")
    assert {name: table["hash_key"] for name, table in tables.items()} == TABLES
    for table in tables.values():
        (replica,) = table["replica"]
        assert table["billing_mode"] == "PAY_PER_REQUEST"
        assert table["point_in_time_recovery"] == {"enabled": True}
        assert replica["region_name"] == "us-west-2"
        assert replica["point_in_time_recovery"] is True
        assert table["server_side_encryption"]["kms_key_arn"] != replica["kms_key_arn"]


def test_P02_the_arrivals_of_a_window_are_told_apart_by_their_key(foundation):
    arrivals = foundation.by("aws_dynamodb_table", "name")["payments-arrivals-test"]
    assert (arrivals["hash_key"], arrivals["range_key"]) == ("window", "idempotency_key")
    kinds = {one["name"]: one["type"] for one in arrivals["attribute"]}
    assert kinds == {"window": "S", "idempotency_key": "S"}


def test_P02_sessions_expire_and_can_be_followed(foundation):
    sessions = foundation.by("aws_dynamodb_table", "name")["payments-sessions-test"]
    assert sessions["ttl"] == {"attribute_name": "expires_at", "enabled": True}
    assert (sessions["stream_enabled"], sessions["stream_view_type"]) == (True, "NEW_AND_OLD_IMAGES")


def test_a_replicas_key_is_made_in_the_replicas_region(foundation):
    providers = foundation.document["provider"]["aws"]
    assert {provider.get("alias"): provider["region"] for provider in providers} == {
        None: "us-east-1",
        "usw2": "us-west-2",
    }
    keys = foundation.document["resource"]["aws_kms_key"]
    (standby,) = [address for address, key in keys.items() if key.get("provider") == "aws.usw2"]
    for table in foundation.all("aws_dynamodb_table"):
        assert table["replica"][0]["kms_key_arn"] == f"${{aws_kms_key.{standby}.arn}}"


def test_B02_lease_and_journal_are_strongly_consistent_over_three_regions(foundation):
    tables = foundation.by("aws_dynamodb_table", "name")
    strong = {
        name
        for name, table in tables.items()
        if table["replica"][0].get("consistency_mode") == "STRONG"
        and table.get("global_table_witness") == {"region_name": "us-east-2"}
    }
    assert strong == STRONG
    assert not any("ttl" in tables[name] for name in strong)


def test_version_5_of_the_provider_gets_what_it_knows(on_version_5, foundation):
    for table in on_version_5["foundation"].all("aws_dynamodb_table"):
        assert "global_table_witness" not in table
        assert "consistency_mode" not in table["replica"][0]
    assert on_version_5["foundation"].shape == foundation.shape


def test_P18_the_zone_belongs_to_the_environment_and_can_be_removed(foundation):
    zone = foundation.only("aws_route53_zone")
    assert (zone["name"], zone["force_destroy"]) == ("test.payments.test", True)


def test_P23_outputs_say_where_the_shared_things_are(foundation):
    outputs = foundation.outputs
    assert outputs["lease_table"] == "payments-lease-test"
    assert outputs["zone_name"] == "test.payments.test"
    assert {"journal_table", "arrivals_table", "sessions_table"} <= set(outputs)
    assert {"global_cluster_id", "zone_id"} <= set(outputs)
