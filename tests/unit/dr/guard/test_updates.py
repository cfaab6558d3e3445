"""B05: each argument whose change loses state inside an update, type by type."""

import json
import re
from dataclasses import replace
from typing import Any

import pytest

from dr.guard.facts import kinds
from dr.guard.plan import Change
from dr.guard.rules import refusals

SEGMENT = re.compile(r"(\w+)(?:\[(\w*)\])?")


def policy(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


ROOT = {"Effect": "Allow", "Principal": {"AWS": "root"}, "Action": "kms:*", "Resource": "*"}
LOGS = {"Effect": "Allow", "Principal": {"Service": "logs"}, "Action": ["kms:Encrypt", "kms:Decrypt"]}
NOBODY = {"Effect": "Deny", "Principal": "*", "Action": "backup:UpdateRecoveryPointLifecycle"}
GONE: Any = object()
"""The item goes from its list."""

LOSSES: dict[tuple[str, str], tuple[Any, Any, str]] = {
    ("aws_dynamodb_table", "deletion_protection_enabled"): (True, False, "G75"),
    ("aws_dynamodb_table", "point_in_time_recovery.enabled"): (True, False, "G80"),
    ("aws_dynamodb_table", "point_in_time_recovery.recovery_period_in_days"): (35, 7, "G80"),
    ("aws_dynamodb_table", "replica[region_name]"): ({}, GONE, "G60"),
    ("aws_dynamodb_table", "replica[region_name].kms_key_arn"): ("old", "new", "G62"),
    ("aws_dynamodb_table", "replica[region_name].consistency_mode"): ("EVENTUAL", "STRONG", "G62"),
    ("aws_dynamodb_table", "replica[region_name].point_in_time_recovery"): (True, False, "G80"),
    ("aws_dynamodb_table", "replica[region_name].deletion_protection_enabled"): (True, False, "G75"),
    ("aws_dynamodb_table", "global_table_witness.region_name"): ("w", "v", "G64"),
    ("aws_dynamodb_table", "stream_enabled"): (True, False, "G66"),
    ("aws_dynamodb_table", "stream_view_type"): ("NEW_AND_OLD_IMAGES", "KEYS_ONLY", "G66"),
    ("aws_dynamodb_table", "server_side_encryption.enabled"): (True, False, "G72"),
    ("aws_dynamodb_table", "server_side_encryption.kms_key_arn"): ("old", "new", "G72"),
    ("aws_dynamodb_table", "ttl.attribute_name"): ("", "made_at", "G85"),
    ("aws_dynamodb_table", "ttl.enabled"): (False, True, "G85"),
    ("aws_dynamodb_table", "tags_all.BackupPlan"): ("daily", None, "G80"),
    ("aws_dynamodb_table_replica", "deletion_protection_enabled"): (True, False, "G75"),
    ("aws_dynamodb_table_replica", "point_in_time_recovery"): (True, False, "G80"),
    ("aws_rds_cluster", "global_cluster_identifier"): ("ledger", "", "G40"),
    ("aws_rds_cluster", "replication_source_identifier"): ("arn", "", "G50"),
    ("aws_rds_cluster", "deletion_protection"): (True, False, "G75"),
    ("aws_rds_cluster", "skip_final_snapshot"): (False, True, "G75"),
    ("aws_rds_cluster", "delete_automated_backups"): (False, True, "G75"),
    ("aws_rds_cluster", "backup_retention_period"): (7, 1, "G80"),
    ("aws_rds_cluster", "backtrack_window"): (3600, 0, "G80"),
    ("aws_rds_cluster", "enabled_cloudwatch_logs_exports[]"): ("postgresql", GONE, "G80"),
    ("aws_rds_cluster", "tags_all.BackupPlan"): ("daily", "other", "G80"),
    ("aws_rds_cluster_instance", "force_destroy"): (False, True, "G75"),
    ("aws_rds_global_cluster", "deletion_protection"): (True, False, "G75"),
    ("aws_rds_global_cluster", "force_destroy"): (None, True, "G75"),
    ("aws_db_instance", "replicate_source_db"): ("arn", "", "G50"),
    ("aws_db_instance", "deletion_protection"): (True, False, "G75"),
    ("aws_db_instance", "skip_final_snapshot"): (False, True, "G75"),
    ("aws_db_instance", "delete_automated_backups"): (False, True, "G75"),
    ("aws_db_instance", "backup_retention_period"): (7, 0, "G80"),
    ("aws_db_instance", "blue_green_update.enabled"): (False, True, "G20"),
    ("aws_db_instance", "enabled_cloudwatch_logs_exports[]"): ("error", GONE, "G80"),
    ("aws_db_instance", "multi_az"): (True, False, "G60"),
    ("aws_db_instance", "tags_all.BackupPlan"): ("daily", None, "G80"),
    ("aws_s3_bucket", "force_destroy"): (False, True, "G75"),
    ("aws_s3_bucket_versioning", "versioning_configuration.status"): ("Enabled", "Suspended", "G80"),
    ("aws_s3_bucket_versioning", "versioning_configuration.mfa_delete"): ("Enabled", "Disabled", "G75"),
    ("aws_s3_bucket_lifecycle_configuration", "rule[id].status"): ("Disabled", "Enabled", "G85"),
    ("aws_s3_bucket_lifecycle_configuration", "rule[id].filter.prefix"): ("logs/", "", "G85"),
    ("aws_s3_bucket_lifecycle_configuration", "rule[id].expiration.days"): (90, 30, "G85"),
    ("aws_s3_bucket_lifecycle_configuration", "rule[id].expiration.date"): (None, "2030-01-01", "G85"),
    (
        "aws_s3_bucket_lifecycle_configuration",
        "rule[id].noncurrent_version_expiration.noncurrent_days",
    ): (0, 30, "G85"),
    (
        "aws_s3_bucket_lifecycle_configuration",
        "rule[id].noncurrent_version_expiration.newer_noncurrent_versions",
    ): (9, 1, "G85"),
    ("aws_s3_bucket_object_lock_configuration", "object_lock_enabled"): ("Enabled", None, "G75"),
    ("aws_s3_bucket_object_lock_configuration", "rule.default_retention.mode"): (
        "COMPLIANCE",
        "GOVERNANCE",
        "G75",
    ),
    ("aws_s3_bucket_object_lock_configuration", "rule.default_retention.days"): (90, 30, "G80"),
    ("aws_s3_bucket_object_lock_configuration", "rule.default_retention.years"): (2, 1, "G80"),
    ("aws_s3_bucket_replication_configuration", "rule[id]"): ({}, GONE, "G66"),
    ("aws_s3_bucket_replication_configuration", "rule[id].status"): ("Enabled", "Disabled", "G66"),
    ("aws_s3_bucket_replication_configuration", "rule[id].destination.bucket"): ("a", "b", "G66"),
    ("aws_s3_bucket_replication_configuration", "rule[id].filter.prefix"): ("a", "b", "G66"),
    (
        "aws_s3_bucket_replication_configuration",
        "rule[id].source_selection_criteria.sse_kms_encrypted_objects.status",
    ): ("Enabled", "Disabled", "G66"),
    (
        "aws_s3_bucket_replication_configuration",
        "rule[id].destination.replication_time.status",
    ): ("Enabled", "Disabled", "G66"),
    (
        "aws_s3_bucket_replication_configuration",
        "rule[id].destination.encryption_configuration.replica_kms_key_id",
    ): ("old", "new", "G72"),
    (
        "aws_s3_bucket_server_side_encryption_configuration",
        "rule.apply_server_side_encryption_by_default.sse_algorithm",
    ): ("aws:kms", "AES256", "G72"),
    (
        "aws_s3_bucket_server_side_encryption_configuration",
        "rule.apply_server_side_encryption_by_default.kms_master_key_id",
    ): ("old", "new", "G72"),
    ("aws_s3_bucket_policy", "policy"): (policy(NOBODY), policy(), "G75"),
    ("aws_kms_key", "is_enabled"): (True, False, "G70"),
    ("aws_kms_key", "deletion_window_in_days"): (30, 7, "G80"),
    ("aws_kms_key", "policy"): (policy(ROOT, LOGS), policy(ROOT), "G74"),
    ("aws_kms_key", "bypass_policy_lockout_safety_check"): (False, True, "G74"),
    ("aws_kms_replica_key", "enabled"): (True, False, "G70"),
    ("aws_kms_replica_key", "deletion_window_in_days"): (30, 7, "G80"),
    ("aws_kms_replica_key", "policy"): (policy(ROOT), policy(ROOT, NOBODY), "G74"),
    ("aws_kms_replica_key", "bypass_policy_lockout_safety_check"): (None, True, "G74"),
    ("aws_backup_vault", "force_destroy"): (False, True, "G75"),
    ("aws_backup_vault_policy", "policy"): (policy(ROOT, NOBODY), policy(ROOT), "G75"),
    ("aws_backup_plan", "rule[rule_name]"): ({}, GONE, "G80"),
    ("aws_backup_plan", "rule[rule_name].schedule"): ("cron(0 5 * * ? *)", "cron(0 5 1 * ? *)", "G80"),
    ("aws_backup_plan", "rule[rule_name].target_vault_name"): ("a", "b", "G80"),
    ("aws_backup_plan", "rule[rule_name].enable_continuous_backup"): (True, False, "G80"),
    ("aws_backup_plan", "rule[rule_name].lifecycle.delete_after"): (None, 9999, "G80"),
    ("aws_backup_plan", "rule[rule_name].copy_action[destination_vault_arn]"): ({}, GONE, "G80"),
    (
        "aws_backup_plan",
        "rule[rule_name].copy_action[destination_vault_arn].lifecycle.delete_after",
    ): (35, 7, "G80"),
    ("aws_cloudwatch_log_group", "retention_in_days"): (0, 3653, "G80"),
    ("aws_cloudwatch_log_group", "skip_destroy"): (True, False, "G75"),
    ("aws_cloudwatch_log_group", "kms_key_id"): ("old", "", "G72"),
    ("aws_cloudwatch_event_archive", "retention_days"): (90, 30, "G80"),
    ("aws_cloudwatch_event_archive", "event_pattern"): (None, "{}", "G80"),
    ("aws_cloudwatch_event_archive", "kms_key_identifier"): ("old", "new", "G72"),
    ("aws_cloudwatch_event_bus", "dead_letter_config.arn"): ("queue", None, "G80"),
    ("aws_cloudwatch_event_target", "dead_letter_config.arn"): ("queue", None, "G80"),
    ("aws_cloudwatch_event_target", "retry_policy.maximum_event_age_in_seconds"): (86400, 60, "G80"),
    ("aws_cloudwatch_event_target", "retry_policy.maximum_retry_attempts"): (185, 0, "G80"),
    ("aws_cloudwatch_event_endpoint", "replication_config.state"): ("ENABLED", "DISABLED", "G66"),
    ("aws_cloudwatch_event_endpoint", "event_bus[event_bus_arn]"): ({}, GONE, "G66"),
    ("aws_cloudwatch_event_endpoint", "routing_config.failover_config.primary.health_check"): (
        "a",
        "b",
        "G68",
    ),
    ("aws_cloudtrail", "enable_logging"): (True, False, "G80"),
    ("aws_cloudtrail", "kms_key_id"): ("old", "new", "G72"),
    ("aws_cloudtrail", "enable_log_file_validation"): (True, False, "G80"),
    ("aws_cloudtrail", "s3_bucket_name"): ("a", "b", "G80"),
    ("aws_cloudtrail", "include_global_service_events"): (True, False, "G80"),
    ("aws_sqs_queue", "message_retention_seconds"): (1209600, 60, "G80"),
    ("aws_sqs_queue", "redrive_policy"): ('{"maxReceiveCount":5}', "", "G80"),
    ("aws_sqs_queue", "kms_master_key_id"): ("old", "new", "G72"),
    ("aws_secretsmanager_secret", "replica[region]"): ({}, GONE, "G60"),
    ("aws_secretsmanager_secret", "recovery_window_in_days"): (30, 7, "G80"),
    ("aws_route53_zone", "force_destroy"): (False, True, "G75"),
    ("aws_route53_zone", "vpc[vpc_id]"): ({}, GONE, "G68"),
    ("aws_route53_record", "health_check_id"): ("check", "", "G68"),
    ("aws_route53_record", "failover_routing_policy.type"): ("PRIMARY", "SECONDARY", "G68"),
    ("aws_lb", "enable_deletion_protection"): (True, False, "G75"),
    ("aws_config_configuration_recorder", "recording_group.all_supported"): (True, False, "G80"),
    ("aws_config_configuration_recorder", "recording_group.include_global_resource_types"): (
        True,
        False,
        "G80",
    ),
    ("aws_config_configuration_recorder_status", "is_enabled"): (True, False, "G80"),
    ("aws_config_delivery_channel", "s3_bucket_name"): ("a", "b", "G80"),
}
"""What an argument was, what it becomes, and the rule that refuses it."""


def at(path: str, value: Any) -> dict[str, Any]:
    """The values of a resource with *value* at *path*; each list on the way has one item, `it`."""
    for name, brackets, key in reversed(re.findall(r"(\w+)(\[(\w*)\])?", path)):
        if brackets and not key:
            value = {name: [] if value is GONE else [value]}
        elif brackets:
            value = {name: [] if value is GONE else [{key: "it"} | value]}
        else:
            value = {name: value}
    return value


def blocks(values: Any) -> Any:
    """As a plan shows them: a block is a list of one."""
    if isinstance(values, dict):
        return {
            key: [blocks(value)] if isinstance(value, dict) and key != "tags_all" else blocks(value)
            for key, value in values.items()
        }
    return [blocks(value) for value in values] if isinstance(values, list) else values


def update(type_, before, after, unknown=None) -> Change:
    return Change(
        address=f"{type_}.it",
        type=type_,
        actions=frozenset({"update"}),
        before=blocks(before),
        after=blocks(after),
        unknown=unknown or {},
    )


def codes(change: Change) -> set[str]:
    return {one.rule.split("_")[0] for one in refusals([change])}


def test_B05_every_argument_that_the_guard_keeps_is_tried():
    assert LOSSES.keys() == {(type_, fact.path) for type_, kind in kinds().items() for fact in kind.keeps}


@pytest.mark.parametrize(("type_", "path"), LOSSES)
def test_B05_an_update_that_loses_is_refused(type_, path):
    before, after, code = LOSSES[type_, path]
    change = update(type_, at(path, before), at(path, after))
    assert codes(change) == {code}
    assert codes(replace(change, actions=frozenset({"no-op"}))) == set()
    assert codes(replace(change, after=change.before)) == set()


@pytest.mark.parametrize(("type_", "path"), LOSSES)
def test_B05_what_is_not_known_before_the_apply_counts_as_lost(type_, path):
    before, _, code = LOSSES[type_, path]
    known = update(type_, at(path, before), {})
    name = path.split(".")[0].split("[")[0]
    assert code in codes(replace(known, unknown={name: True}))
    if "[" not in path:
        assert code in codes(replace(known, unknown=blocks(at(path, value=True))))


@pytest.mark.parametrize("kind", kinds())
def test_B05_every_fact_has_a_source(kind):
    assert all(fact.source.startswith("https://") for fact in kinds()[kind].keeps)


TABLE = {"replica": [{"region_name": "b", "kms_key_arn": "key", "point_in_time_recovery": True}]}


def replica(**changed):
    return {"replica": [TABLE["replica"][0] | changed]}


def test_B05_a_replica_whose_key_nobody_knows_is_refused():
    change = update("aws_dynamodb_table", TABLE, replica(kms_key_arn=None))
    assert codes(replace(change, unknown={"replica": [{"kms_key_arn": True}]})) == {"G62"}


def test_B05_a_replica_in_a_region_that_nobody_knows_counts_as_gone():
    change = update("aws_dynamodb_table", TABLE, replica(region_name=None))
    assert "G60" in codes(replace(change, unknown={"replica": [{"region_name": True}]}))
    assert "G60" in codes(update("aws_dynamodb_table", TABLE, {"replica": [None]}, {"replica": [True]}))


def test_B05_a_new_lifecycle_rule_may_not_delete_what_was_kept():
    none, rule = {"rule": []}, {"id": "new", "expiration": {"days": 1}}
    assert codes(update("aws_s3_bucket_lifecycle_configuration", none, {"rule": [rule]})) == {"G85"}
    harmless = {"rule": [{"id": "new", "status": "Enabled", "expiration": {"days": 0}}]}
    assert codes(update("aws_s3_bucket_lifecycle_configuration", none, harmless)) == set()


def test_B05_a_lifecycle_that_comes_upon_a_bucket_that_is_there_is_judged_as_its_update():
    rules = {"rule": [{"id": "new", "expiration": {"days": 1}}]}
    created = replace(
        update("aws_s3_bucket_lifecycle_configuration", {}, rules), actions=frozenset({"create"})
    )
    assert codes(created) == set()
    assert codes(replace(created, after={**created.after, "bucket": "records"})) == {"G85"}
    assert codes(replace(created, type="aws_kms_key", after={"policy": policy()})) == set()


@pytest.mark.parametrize(
    ("type_", "before", "after", "unknown"),
    [
        ("aws_dynamodb_table", TABLE, replica(propagate_tags=True), {"replica": [{"arn": True}]}),
        ("aws_dynamodb_table", TABLE, replica(consistency_mode="EVENTUAL"), {}),
        ("aws_dynamodb_table", replica(point_in_time_recovery=False), TABLE, {}),
        ("aws_dynamodb_table", TABLE, {"replica": [*TABLE["replica"], {"region_name": "c"}]}, {}),
        ("aws_dynamodb_table", {}, {"stream_enabled": False}, {}),
        ("aws_dynamodb_table", {"ttl": {"attribute_name": "at", "enabled": True}}, {"ttl": []}, {}),
        ("aws_rds_cluster", {"backup_retention_period": 7}, {"backup_retention_period": 35}, {}),
        ("aws_rds_cluster", {"deletion_protection": False}, {"deletion_protection": True}, {}),
        ("aws_rds_cluster", {"global_cluster_identifier": ""}, {"global_cluster_identifier": "x"}, {}),
        ("aws_rds_cluster", {}, {"enabled_cloudwatch_logs_exports": ["postgresql"]}, {}),
        (
            "aws_backup_plan",
            {"rule": []},
            {"rule": [{"rule_name": "x", "lifecycle": {"delete_after": 1}}]},
            {},
        ),
        ("aws_cloudwatch_log_group", {"retention_in_days": 365}, {"retention_in_days": 0}, {}),
        ("aws_kms_key", {"policy": policy(ROOT)}, {"policy": policy(LOGS, ROOT | {"Action": ["kms:*"]})}, {}),
        ("aws_backup_vault_policy", {"policy": policy(ROOT)}, {"policy": policy(NOBODY)}, {}),
    ],
)
def test_B05_an_update_that_keeps_all_or_more_passes(type_, before, after, unknown):
    assert codes(update(type_, before, after, unknown)) == set()


def test_B05_long_values_are_shown_in_part_and_items_by_whether_they_are_there():
    (key,) = refusals([update("aws_kms_key", {"policy": policy(ROOT, LOGS)}, {"policy": policy(ROOT)})])
    assert "..." in key.text
    assert len(key.text) < 300
    (table,) = refusals([update("aws_dynamodb_table", TABLE, {"replica": []})])
    assert table.text.startswith("replica[b] goes from there to nothing: the copy of that region is deleted")
