"""Requests for tables of DynamoDB and their replicas."""

from collections.abc import Mapping
from typing import Any

from gates.requests.filling import Body, Call


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
            "kms_master_key_id": encryption.get("kms_key_arn"),
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


REPLICA_READ = frozenset(
    {
        "consistency_mode",
        "deletion_protection_enabled",
        "kms_key_arn",
        "point_in_time_recovery",
        "propagate_tags",
        "region_name",
    }
)
"""What is sent of a replica here and in calls to its own region; an argument that is new fails."""


def _replicas(body: Body) -> Body:
    mode = next((one["consistency_mode"] for one in body["replica"] if "consistency_mode" in one), None)
    witness = body.get("global_table_witness")
    return {
        "table_name": body["name"],
        "multi_region_consistency": mode,
        "replica_updates": [
            {
                "create": {
                    "region_name": one["region_name"],
                    "kms_master_key_id": one["kms_key_arn"],
                    **{key: value for key, value in one.items() if key not in REPLICA_READ},
                }
            }
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
}
