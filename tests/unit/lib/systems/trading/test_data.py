"""T02 T04 T05: the database, the tables, and the buckets of logs and audit trail."""

import json

import pytest

from gates.requests.variants import PROTECTED
from tests.unit.lib.systems.trading.conftest import HERE, THERE
from tests.unit.synthesized import synthesize

EXPORTED = ["audit", "error", "general", "slowquery"]


def address(stack, what):
    """Of the lifecycle of the bucket *what*."""
    found = stack.document["resource"]["aws_s3_bucket_lifecycle_configuration"]
    (one,) = [name for name in found if name.startswith(f"{what}_lifecycle")]
    return one


def test_T02_the_global_database_is_mysql_8_and_is_there_before_its_members(trading):
    container = trading["foundation"].only("aws_rds_global_cluster")
    assert (container["engine"], container["storage_encrypted"]) == ("aurora-mysql", True)
    assert container["engine_version"].startswith("8.0.mysql_aurora.3.")
    for code in (HERE, THERE):
        cluster = trading[code].only("aws_rds_cluster")
        assert cluster["global_cluster_identifier"] == container["global_cluster_identifier"]
        assert (cluster["engine"], cluster["engine_version"]) == ("aurora-mysql", container["engine_version"])


def test_T02_each_region_has_two_large_instances_so_that_the_promoted_one_has_its_reader(region):
    instances = region.all("aws_rds_cluster_instance")
    code = region.name
    assert {one["identifier"] for one in instances} == {f"trading-ledger-{n}-{code}-test" for n in (0, 1)}
    for one in instances:
        assert (one["instance_class"], one["engine"]) == ("db.r6g.large", "aurora-mysql")
        assert one["auto_minor_version_upgrade"] is False, "roles change between equal versions only"


def test_T02_seven_days_of_backups_under_a_key_of_ours(region):
    cluster = region.only("aws_rds_cluster")
    assert cluster["backup_retention_period"] == 7
    assert cluster["kms_key_id"].startswith("${aws_kms_key.")


def test_T02_every_log_is_exported_into_a_group_that_is_kept_for_a_year(region):
    cluster = region.only("aws_rds_cluster")
    assert cluster["enabled_cloudwatch_logs_exports"] == EXPORTED
    kept = region.by("aws_cloudwatch_log_group", "name")
    for log in EXPORTED:
        group = kept[f"/aws/rds/cluster/{cluster['cluster_identifier']}/{log}"]
        assert group["retention_in_days"] == 365


def test_T02_what_is_exported_is_written_and_nobody_comes_without_tls(region):
    group = region.only("aws_rds_cluster_parameter_group")
    assert group["family"] == "aurora-mysql8.0"
    assert {one["name"]: one["value"] for one in group["parameter"]} == {
        "require_secure_transport": "ON",
        "server_audit_logging": "1",
        "server_audit_events": "CONNECT,QUERY_DCL,QUERY_DDL",
    }
    own = region.only("aws_db_parameter_group")
    said = {one["name"]: one["value"] for one in own["parameter"]}
    assert (said["general_log"], said["slow_query_log"], said["log_output"]) == ("1", "1", "FILE")
    for instance in region.all("aws_rds_cluster_instance"):
        assert instance["db_parameter_group_name"].startswith("${aws_db_parameter_group.")


def test_T02_only_the_first_writer_has_credentials_and_a_plan_undoes_no_failover(trading):
    assert "master_password_wo" in trading[HERE].only("aws_rds_cluster")
    assert "master_username" not in trading[THERE].only("aws_rds_cluster")
    for code in (HERE, THERE):
        ignored = trading[code].only("aws_rds_cluster")["lifecycle"]["ignore_changes"]
        assert {"global_cluster_identifier", "replication_source_identifier"} <= set(ignored)


def test_T04_tables_are_global_on_demand_encrypted_and_can_be_rewound(trading):
    tables = trading["foundation"].by("aws_dynamodb_table", "name")
    names = ("lease", "journal", "arrivals", "approvals", "sessions")
    assert tables.keys() == {f"trading-{name}-test" for name in names}
    for table in tables.values():
        assert table["billing_mode"] == "PAY_PER_REQUEST"
        (replica,) = table["replica"]
        assert (replica["region_name"], replica["point_in_time_recovery"]) == ("us-east-2", True)
        assert table["point_in_time_recovery"]["enabled"] is True
        assert table["server_side_encryption"]["kms_key_arn"].startswith("${aws_kms_key.")
    strong = [name for name, table in tables.items() if table.get("global_table_witness")]
    assert len(strong) == 4
    assert tables["trading-sessions-test"]["ttl"] == {"attribute_name": "expires_at", "enabled": True}


@pytest.mark.parametrize("what", ["audit", "logs"])
def test_T05_buckets_keep_versions_and_go_to_the_archive_after_ninety_days(region, what):
    bucket = region.document["resource"]["aws_s3_bucket_lifecycle_configuration"][address(region, what)]
    rules = {one["id"]: one for one in bucket["rule"]}
    assert rules["archive"]["transition"] == [{"days": 90, "storage_class": "GLACIER"}]
    assert rules["old-versions"]["noncurrent_version_expiration"] == [{"noncurrent_days": 365}]
    assert not any("expiration" in one for one in rules.values()), "nothing is ever deleted"
    versions = [one for one in region.all("aws_s3_bucket_versioning") if f".{what}_bucket" in one["bucket"]]
    assert versions[0]["versioning_configuration"]["status"] == "Enabled"


def test_T05_every_object_is_copied_both_ways_within_fifteen_minutes(world):
    copies = world.all("aws_s3_bucket_replication_configuration")
    ways = set()
    for one in copies:
        (rule,) = one["rule"]
        assert rule["destination"]["replication_time"] == {"status": "Enabled", "time": {"minutes": 15}}
        assert rule["delete_marker_replication"]["status"] == "Enabled"
        there = rule["destination"]["encryption_configuration"]["replica_kms_key_id"]
        ways.add((one["provider"], "use2" in there))
    assert (len(copies), ways) == (4, {("aws.use1", True), ("aws.use2", False)})


def test_T05_a_role_copies_one_bucket_into_the_one_of_its_name(world):
    roles = {body["name"]: body for body in world.all("aws_iam_role_policy") if "copies" in body["name"]}
    assert roles.keys() == {
        f"trading-{what}-copies-{code}-test" for what in ("audit", "logs") for code in (HERE, THERE)
    }
    allowed = json.loads(roles["trading-audit-copies-use1-test"]["policy"])["Statement"]
    (write,) = [one for one in allowed if "s3:ReplicateObject" in one["Action"]]
    (into,) = write["Resource"]
    assert "trading-use2" in into
    assert "audit_bucket" in into


def test_T05_only_the_reconciler_writes_and_reads_the_trail(region):
    policies = {
        body["name"]: json.loads(body["policy"])["Statement"] for body in region.all("aws_iam_role_policy")
    }
    may = {
        name: {action for one in statements for action in one.get("Action", ()) if "audit/*" in str(one)}
        for name, statements in policies.items()
    }
    assert {name.split("-")[1] for name, actions in may.items() if actions} == {"reconciler"}
    (actions,) = [actions for actions in may.values() if actions]
    assert actions == {"s3:GetObject", "s3:PutObject", "s3:ListBucket"}


def test_T05_in_a_protected_environment_nobody_changes_a_page_of_the_trail_for_a_year(
    changed, functions, tmp_path, region
):
    assert not any("object_lock" in kind for kind in region.document["resource"])
    stacks = synthesize(changed(**PROTECTED), functions, tmp_path)
    for code in (HERE, THERE):
        (lock,) = stacks[code].all("aws_s3_bucket_object_lock_configuration")
        assert "audit_bucket" in lock["bucket"]
        assert lock["rule"]["default_retention"] == {"mode": "COMPLIANCE", "days": 365}
        lockable = [
            one["bucket"] for one in stacks[code].all("aws_s3_bucket") if one.get("object_lock_enabled")
        ]
        assert len(lockable) == 1
    roles = {body["name"]: body["policy"] for body in stacks["world"].all("aws_iam_role_policy")}
    copies = {name: "s3:GetObjectRetention" in policy for name, policy in roles.items() if "copies" in name}
    assert {name.split("-")[1] for name, reads in copies.items() if reads} == {"audit"}
