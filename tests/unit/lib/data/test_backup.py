"""P06: everything that keeps state is backed up daily, and each backup has a copy in the other region."""

import json

import pytest

REGIONS = [("use1", "us-west-2"), ("usw2", "us-east-1")]
ACCOUNT = "${data.aws_caller_identity.account.account_id}"


def rule_of(region):
    (rule,) = region.only("aws_backup_plan")["rule"]
    return rule


def test_P06_a_backup_is_made_daily_and_kept_for_seven_days(region):
    rule = rule_of(region)
    assert rule["schedule"] == "cron(0 5 * * ? *)"
    assert rule["lifecycle"] == {"delete_after": 7}
    assert rule["target_vault_name"].startswith("${aws_backup_vault.")
    assert "enable_continuous_backup" not in rule


@pytest.mark.parametrize(("code", "there"), REGIONS)
def test_P06_each_backup_is_copied_into_the_other_regions_vault_for_seven_days(stacks, code, there):
    (copy,) = rule_of(stacks[code])["copy_action"]
    vault = stacks["usw2" if code == "use1" else "use1"].only("aws_backup_vault")["name"]
    assert copy["destination_vault_arn"] == f"arn:aws:backup:{there}:{ACCOUNT}:backup-vault:{vault}"
    assert copy["lifecycle"] == {"delete_after": 7}


def test_P06_a_vault_is_encrypted_with_the_regions_key_and_can_be_removed(region):
    vault = region.only("aws_backup_vault")
    assert (vault["name"], vault["force_destroy"]) == ("payments-backup-test", True)
    assert vault["kms_key_arn"] == region.only("aws_rds_cluster")["kms_key_id"]


def test_P06_a_vault_takes_copies_of_this_account_only_and_nobody_shortens_their_life(region):
    policy = region.only("aws_backup_vault_policy")["policy"]
    copy, keep = json.loads(policy)["Statement"]
    assert (copy["Effect"], copy["Action"]) == ("Allow", ["backup:CopyIntoBackupVault"])
    assert copy["Principal"] == {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}
    assert (keep["Effect"], keep["Action"]) == ("Deny", ["backup:UpdateRecoveryPointLifecycle"])
    assert (keep["Principal"], "Condition" in keep) == ("*", False)


def test_P06_the_role_is_what_aws_keeps_up_to_date_and_the_removal_of_expired_snapshots(region):
    attached = {one["policy_arn"] for one in region.all("aws_iam_role_policy_attachment")}
    service = "arn:aws:iam::aws:policy/service-role/AWSBackupServiceRolePolicyFor"
    assert attached == {f"{service}Backup", f"{service}Restores"}
    own = region.by("aws_iam_role_policy", "name")
    (expire,) = [body for name, body in own.items() if name.startswith("payments-backup-")]
    (statement,) = json.loads(expire["policy"])["Statement"]
    assert statement["Action"] == ["rds:DeleteDBClusterSnapshot", "rds:DeleteDBSnapshot"]
    assert all("snapshot:awsbackup:*" in resource for resource in statement["Resource"])


def test_P06_failures_of_backups_copies_and_restores_are_told(region):
    rule = region.by("aws_cloudwatch_event_rule", "name")["payments-backup-failed-test"]
    pattern = json.loads(rule["event_pattern"])
    assert pattern["source"] == ["aws.backup"]
    assert {kind.split()[0] for kind in pattern["detail-type"]} == {"Backup", "Copy", "Restore"}
    assert [set(one) for one in pattern["detail"]["$or"]] == [{"state"}, {"status"}]
    assert all("FAILED" in states for one in pattern["detail"]["$or"] for states in one.values())
    assert pattern["detail"]["iamRoleArn"] == [region.only("aws_backup_selection")["iam_role_arn"]]
    assert "event_bus_name" not in rule
    topic = region.outputs[next(name for name in region.outputs if name.startswith("backup_alerts_"))]
    assert [t for t in region.all("aws_cloudwatch_event_target") if t["arn"] == topic]


def test_P06_only_the_rule_publishes_failures(region):
    policies = [json.loads(body["policy"])["Statement"] for body in region.all("aws_sns_topic_policy")]
    (publish,) = [s for p in policies for s in p if "events" in str(s["Principal"])]
    assert publish["Principal"] == {"Service": "events.amazonaws.com"}
    assert publish["Condition"]["ArnEquals"]["aws:SourceArn"].startswith("${aws_cloudwatch_event_rule.")


def test_P06_backups_are_restored_every_week(region):
    plan = region.only("aws_backup_restore_testing_plan")
    assert plan["name"] == "payments_restore_test"
    assert plan["schedule_expression"] == "cron(0 5 ? * SUN *)"
    (points,) = plan["recovery_point_selection"]
    assert points["algorithm"] == "LATEST_WITHIN_WINDOW"
    assert points["selection_window_days"] == 7
    assert [vault.split(".")[0] for vault in points["include_vaults"]] == ["${aws_backup_vault"]
    tested = region.by("aws_backup_restore_testing_selection", "protected_resource_type")
    assert tested.keys() == {"Aurora", "DynamoDB"}
    for selection in tested.values():
        (condition,) = selection["protected_resource_conditions"]
        assert condition["string_equals"] == [
            {"key": "aws:ResourceTag/BackupPlan", "value": "payments-backup-test"}
        ]


def test_P06_a_cluster_is_restored_into_our_own_network_where_nobody_reaches_it(region):
    """AWS Backup takes the default VPC unless told: an account without one would restore nothing."""
    selections = region.by("aws_backup_restore_testing_selection", "protected_resource_type")
    place = selections["Aurora"]["restore_metadata_overrides"]
    assert place["dbSubnetGroupName"].startswith("${aws_db_subnet_group.")
    (group,) = json.loads(place["vpcSecurityGroupIds"])
    address = group.removeprefix("${aws_security_group.").removesuffix(".id}")
    assert region.document["resource"]["aws_security_group"][address]["name"] == "payments-restored-test"
    for rule in (
        *region.all("aws_vpc_security_group_ingress_rule"),
        *region.all("aws_vpc_security_group_egress_rule"),
    ):
        assert rule["security_group_id"] != group
    assert "restore_metadata_overrides" not in selections["DynamoDB"]
