"""Requests for what keeps data: Aurora, S3, AWS Backup."""

from collections.abc import Mapping

from gates.requests.filling import TAGS, Call
from gates.requests.terraform import UNKNOWN

TERRAFORMS = TAGS | {"force_destroy"}
"""No part of any request: Terraform reads it when it destroys."""


CALLS: Mapping[str, tuple[Call, ...]] = {
    "aws_rds_global_cluster": (Call("rds", "CreateGlobalCluster", apart=TERRAFORMS),),
    "aws_rds_cluster": (
        Call(
            "rds",
            "CreateDBCluster",
            {
                "cluster_identifier": "DBClusterIdentifier",
                "db_cluster_parameter_group_name": "DBClusterParameterGroupName",
                "enabled_cloudwatch_logs_exports": "EnableCloudwatchLogsExports",
                "master_password_wo": "MasterUserPassword",
            },
            apart=TERRAFORMS
            | {
                "delete_automated_backups",
                "final_snapshot_identifier",
                "master_password_wo_version",
                "skip_final_snapshot",
            },
        ),
        Call(
            "rds",
            "DeleteDBCluster",
            prepare=lambda body: {
                "db_cluster_identifier": body["cluster_identifier"],
                "skip_final_snapshot": body["skip_final_snapshot"],
                "final_db_snapshot_identifier": body.get("final_snapshot_identifier"),
                "delete_automated_backups": body["delete_automated_backups"],
            },
        ),
    ),
    "aws_rds_cluster_instance": (
        Call(
            "rds",
            "CreateDBInstance",
            {
                "identifier": "DBInstanceIdentifier",
                "cluster_identifier": "DBClusterIdentifier",
                "instance_class": "DBInstanceClass",
                "performance_insights_enabled": "EnablePerformanceInsights",
                "performance_insights_kms_key_id": "PerformanceInsightsKMSKeyId",
            },
            apart=TERRAFORMS,
        ),
    ),
    "aws_rds_cluster_parameter_group": (
        Call(
            "rds",
            "CreateDBClusterParameterGroup",
            {"name": "DBClusterParameterGroupName", "family": "DBParameterGroupFamily"},
            apart=TERRAFORMS | {"parameter"},
            more={"Description": "Managed by Terraform"},
        ),
        Call(
            "rds",
            "ModifyDBClusterParameterGroup",
            {
                "name": "DBClusterParameterGroupName",
                "parameter": "Parameters",
                "parameter.name": "ParameterName",
                "parameter.value": "ParameterValue",
            },
            apart=TERRAFORMS | {"family"},
        ),
    ),
    "aws_db_subnet_group": (
        Call(
            "rds",
            "CreateDBSubnetGroup",
            {"name": "DBSubnetGroupName"},
            apart=TERRAFORMS,
            more={"DBSubnetGroupDescription": "Managed by Terraform"},
        ),
    ),
    "aws_s3_bucket": (
        Call("s3", "CreateBucket", {"object_lock_enabled": "ObjectLockEnabledForBucket"}, apart=TERRAFORMS),
    ),
    "aws_s3_bucket_policy": (Call("s3", "PutBucketPolicy"),),
    "aws_s3_bucket_public_access_block": (
        Call(
            "s3",
            "PutPublicAccessBlock",
            prepare=lambda body: {
                "bucket": body["bucket"],
                "public_access_block_configuration": {k: v for k, v in body.items() if k != "bucket"},
            },
        ),
    ),
    "aws_s3_bucket_versioning": (Call("s3", "PutBucketVersioning"),),
    "aws_backup_vault": (
        Call(
            "backup",
            "CreateBackupVault",
            {"name": "BackupVaultName", "kms_key_arn": "EncryptionKeyArn"},
            apart=TERRAFORMS,
        ),
    ),
    "aws_backup_vault_policy": (Call("backup", "PutBackupVaultAccessPolicy"),),
    "aws_backup_plan": (
        Call(
            "backup",
            "CreateBackupPlan",
            {
                "name": "BackupPlanName",
                "rule": "Rules",
                "rule.target_vault_name": "TargetBackupVaultName",
                "rule.schedule": "ScheduleExpression",
                "rule.start_window": "StartWindowMinutes",
                "rule.completion_window": "CompletionWindowMinutes",
                "rule.lifecycle.delete_after": "DeleteAfterDays",
                "rule.lifecycle.cold_storage_after": "MoveToColdStorageAfterDays",
                "rule.copy_action": "CopyActions",
                "rule.copy_action.destination_vault_arn": "DestinationBackupVaultArn",
                "rule.copy_action.lifecycle.delete_after": "DeleteAfterDays",
            },
            apart=TERRAFORMS,
            under="BackupPlan",
        ),
    ),
    "aws_backup_selection": (
        Call(
            "backup",
            "CreateBackupSelection",
            {
                "name": "SelectionName",
                "condition": "Conditions",
                "condition.string_equals.key": "ConditionKey",
                "condition.string_equals.value": "ConditionValue",
                "selection_tag": "ListOfTags",
                "selection_tag.type": "ConditionType",
                "selection_tag.key": "ConditionKey",
                "selection_tag.value": "ConditionValue",
            },
            apart=frozenset({"plan_id"}),
            under="BackupSelection",
            more={"BackupPlanId": UNKNOWN},
        ),
    ),
    "aws_backup_restore_testing_plan": (
        Call(
            "backup",
            "CreateRestoreTestingPlan",
            {"name": "RestoreTestingPlanName"},
            apart=TERRAFORMS,
            under="RestoreTestingPlan",
        ),
    ),
    "aws_backup_restore_testing_selection": (
        Call(
            "backup",
            "CreateRestoreTestingSelection",
            {"name": "RestoreTestingSelectionName"},
            apart=frozenset({"restore_testing_plan_name"}),
            under="RestoreTestingSelection",
            more={"RestoreTestingPlanName": UNKNOWN},
        ),
    ),
}
