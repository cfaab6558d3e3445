"""S07: what is backed up, for how long, and who hears how it went."""

import json


def test_S07_backups_are_kept_a_week_and_a_month(here):
    plan = here.only("aws_backup_plan")
    kept = {rule["rule_name"]: (rule["schedule"], rule["lifecycle"]["delete_after"]) for rule in plan["rule"]}
    assert kept == {"daily": ("cron(0 5 * * ? *)", 7), "weekly": ("cron(0 6 ? * SUN *)", 30)}
    assert not any("copy_action" in rule for rule in plan["rule"]), "there is one region"


def test_S07_clusters_tables_and_volumes_with_the_tag_are_selected(here):
    selection = here.only("aws_backup_selection")
    kinds = [arn.split(":", 5)[2] + ":" + arn.split(":", 5)[5] for arn in selection["resources"]]
    assert kinds == ["rds:cluster:*", "dynamodb:table/*", "ec2:volume/*"]
    (condition,) = selection["condition"]
    assert condition["string_equals"] == [
        {"key": "aws:ResourceTag/BackupPlan", "value": "single-region-backup-test"}
    ]


def test_S07_database_and_sessions_carry_the_tag(here):
    for type_ in ("aws_rds_cluster", "aws_dynamodb_table"):
        assert here.only(type_)["tags"]["BackupPlan"] == "single-region-backup-test"


def test_S07_the_vault_is_encrypted_and_protected_where_it_matters(here, protected):
    assert here.only("aws_backup_vault")["kms_key_arn"].startswith("${aws_kms_key.")
    assert here.only("aws_backup_vault")["force_destroy"] is True
    assert protected.only("aws_backup_vault")["force_destroy"] is False


def test_S07_a_topic_hears_how_every_backup_ended(here):
    rule = here.by("aws_cloudwatch_event_rule", "name")["single-region-backup-notices-test"]
    pattern = json.loads(rule["event_pattern"])
    states = {state for either in pattern["detail"]["$or"] for value in either.values() for state in value}
    assert states == {"ABORTED", "COMPLETED", "EXPIRED", "FAILED", "PARTIAL"}
    topics = here.by("aws_sns_topic", "name")
    assert topics["single-region-backup-notices-test"]["kms_master_key_id"].startswith("${aws_kms_key.")
