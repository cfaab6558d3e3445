"""Requests for what keeps data: Aurora, DynamoDB, S3, AWS Backup."""

from collections.abc import Mapping
from typing import Any

from gates.requests.filling import TAGS, Body, Call
from gates.requests.terraform import UNKNOWN

TERRAFORMS = TAGS | {"force_destroy"}
"""No part of any request: Terraform reads it when it destroys."""


def _table(body: Body) -> Body:
    keys = [("hash_key", "HASH"), ("range_key", "RANGE")]
    stream = {key: body[key] for key in ("stream_enabled", "stream_view_type") if body.get(key)}
    encryption = body.get("server_side_encryption") or {}
    return {
        "table_name": body["name"],
        "billing_mode": body["billing_mode"],
        "deletion_protection_enabled": body["deletion_protection_enabled"],
        "attribute_definitions": [
            {"attribute_name": one["name"], "attribute_type": one["type"]} for one in body["attribute"]
        ],
        "key_schema": [
            {"attribute_name": body[key], "key_type": kind} for key, kind in keys if body.get(key)
        ],
        "stream_specification": stream or None,
        "sse_specification": {
            "enabled": encryption["enabled"],
            "sse_type": "KMS",
            "kms_master_key_id": encryption["kms_key_arn"],
        }
        if encryption
        else None,
    }


TABLE_READ = frozenset(
    {
        "attribute",
        "billing_mode",
        "deletion_protection_enabled",
        "global_table_witness",
        "hash_key",
        "name",
        "point_in_time_recovery",
        "range_key",
        "replica",
        "server_side_encryption",
        "stream_enabled",
        "stream_view_type",
        "tags",
        "ttl",
    }
)
"""What the four calls below share among them; an argument that is new fails in the first."""


def _strange(body: Body) -> dict[str, Any]:
    return {key: value for key, value in body.items() if key not in TABLE_READ}


def _replicas(body: Body) -> Body:
    mode = next((one["consistency_mode"] for one in body["replica"] if "consistency_mode" in one), None)
    witness = body.get("global_table_witness")
    return {
        "table_name": body["name"],
        "multi_region_consistency": mode,
        "replica_updates": [
            {"create": {"region_name": one["region_name"], "kms_master_key_id": one["kms_key_arn"]}}
            for one in body["replica"]
        ],
        "global_table_witness_updates": [{"create": witness}] if witness else None,
    }


CALLS: Mapping[str, tuple[Call, ...]] = {
    "aws_dynamodb_table": (
        Call("dynamodb", "CreateTable", prepare=lambda body: {**_table(body), **_strange(body)}),
        Call("dynamodb", "UpdateTable", prepare=_replicas, when=lambda body: "replica" in body),
        Call(
            "dynamodb",
            "UpdateContinuousBackups",
            prepare=lambda body: {
                "table_name": body["name"],
                "point_in_time_recovery_specification": {
                    "point_in_time_recovery_enabled": body["point_in_time_recovery"]["enabled"]
                },
            },
            when=lambda body: "point_in_time_recovery" in body,
        ),
        Call(
            "dynamodb",
            "UpdateTimeToLive",
            prepare=lambda body: {"table_name": body["name"], "time_to_live_specification": body["ttl"]},
            when=lambda body: "ttl" in body,
        ),
    ),
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
    "aws_s3_bucket": (Call("s3", "CreateBucket", apart=TERRAFORMS),),
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
