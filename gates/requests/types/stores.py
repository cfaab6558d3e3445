"""Requests for single databases, and for what is set of buckets."""

from collections.abc import Mapping

from gates.requests.filling import Body, Call
from gates.requests.types.data import TERRAFORMS

DATABASE = {
    "identifier": "DBInstanceIdentifier",
    "instance_class": "DBInstanceClass",
    "enabled_cloudwatch_logs_exports": "EnableCloudwatchLogsExports",
    "parameter_group_name": "DBParameterGroupName",
    "password_wo": "MasterUserPassword",
    "performance_insights_enabled": "EnablePerformanceInsights",
    "replicate_source_db": "SourceDBInstanceIdentifier",
    "username": "MasterUsername",
}
ENDS = frozenset({"delete_automated_backups", "final_snapshot_identifier", "skip_final_snapshot"})
"""What is asked when a database is deleted."""


def _single(body: Body) -> bool:
    return "replicate_source_db" not in body


def _replica(body: Body) -> bool:
    return not _single(body)


def _under(name: str, body: Body) -> Body:
    """All but the bucket in one member."""
    return {"bucket": body["bucket"], name: {key: value for key, value in body.items() if key != "bucket"}}


CALLS: Mapping[str, tuple[Call, ...]] = {
    "aws_db_instance": (
        Call(
            "rds",
            "CreateDBInstance",
            DATABASE,
            apart=TERRAFORMS | ENDS | {"password_wo_version"},
            when=_single,
        ),
        Call(
            "rds",
            "CreateDBInstanceReadReplica",
            DATABASE,
            apart=TERRAFORMS | ENDS | {"backup_retention_period", "storage_encrypted"},
            when=_replica,
        ),
        Call(
            "rds",
            "ModifyDBInstance",
            prepare=lambda body: {
                "db_instance_identifier": body["identifier"],
                "backup_retention_period": body["backup_retention_period"],
            },
            when=lambda body: _replica(body) and "backup_retention_period" in body,
        ),
        Call(
            "rds",
            "DeleteDBInstance",
            prepare=lambda body: {
                "db_instance_identifier": body["identifier"],
                "skip_final_snapshot": body["skip_final_snapshot"],
                "final_db_snapshot_identifier": body.get("final_snapshot_identifier"),
                "delete_automated_backups": body["delete_automated_backups"],
            },
        ),
    ),
    "aws_db_parameter_group": (
        Call(
            "rds",
            "CreateDBParameterGroup",
            {"name": "DBParameterGroupName", "family": "DBParameterGroupFamily"},
            apart=TERRAFORMS | {"parameter"},
            more={"Description": "Managed by Terraform"},
        ),
        Call(
            "rds",
            "ModifyDBParameterGroup",
            {
                "name": "DBParameterGroupName",
                "parameter": "Parameters",
                "parameter.name": "ParameterName",
                "parameter.value": "ParameterValue",
            },
            apart=TERRAFORMS | {"family"},
        ),
    ),
    "aws_s3_object": (
        Call("s3", "PutObject", {"content": "Body"}, apart=TERRAFORMS | {"source", "source_hash"}),
    ),
    "aws_s3_bucket_lifecycle_configuration": (
        Call(
            "s3",
            "PutBucketLifecycleConfiguration",
            {
                "lifecycle_configuration.rule": "Rules",
                "lifecycle_configuration.rule.transition": "Transitions",
            },
            prepare=lambda body: _under("lifecycle_configuration", body),
        ),
    ),
    "aws_s3_bucket_object_lock_configuration": (
        Call(
            "s3", "PutObjectLockConfiguration", prepare=lambda body: _under("object_lock_configuration", body)
        ),
    ),
    "aws_s3_bucket_server_side_encryption_configuration": (
        Call(
            "s3",
            "PutBucketEncryption",
            {"server_side_encryption_configuration.rule": "Rules"},
            prepare=lambda body: _under("server_side_encryption_configuration", body),
        ),
    ),
    "aws_s3_bucket_replication_configuration": (
        Call(
            "s3",
            "PutBucketReplication",
            {"replication_configuration.rule": "Rules"},
            prepare=lambda body: _under("replication_configuration", body),
        ),
    ),
    "aws_s3_bucket_website_configuration": (
        Call("s3", "PutBucketWebsite", prepare=lambda body: _under("website_configuration", body)),
    ),
}
