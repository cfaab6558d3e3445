"""P24: data at rest lies under customer keys that rotate."""

import json

KEY_OF = {
    "aws_rds_cluster": "kms_key_id",
    "aws_rds_cluster_instance": "performance_insights_kms_key_id",
    "aws_backup_vault": "kms_key_arn",
    "aws_cloudwatch_event_archive": "kms_key_identifier",
    "aws_cloudwatch_event_bus": "kms_key_identifier",
    "aws_cloudwatch_log_group": "kms_key_id",
    "aws_sns_topic": "kms_master_key_id",
    "aws_sqs_queue": "kms_master_key_id",
}


def test_P24_whatever_keeps_data_names_a_customer_key(resources):
    plain = [
        str(resource)
        for resource in resources
        if (key := KEY_OF.get(resource.type)) and not resource.body.get(key, "").startswith("${aws_kms_key.")
    ]
    assert plain == []
    assert KEY_OF.keys() <= {resource.type for resource in resources}


def test_P24_databases_and_tables_are_encrypted(resources):
    for resource in resources:
        if resource.type in ("aws_rds_cluster", "aws_rds_global_cluster"):
            assert resource.body["storage_encrypted"] is True, resource
        if resource.type == "aws_dynamodb_table":
            keys = [resource.body["server_side_encryption"], *resource.body["replica"]]
            assert all(key["kms_key_arn"].startswith("${aws_kms_key.") for key in keys), resource


def test_P24_logs_tables_and_events_may_use_the_key_that_they_are_told_to_use(resources):
    may: dict[tuple[str, str | None], str] = {}
    for key in (resource for resource in resources if resource.type == "aws_kms_key"):
        for statement in json.loads(key.body["policy"])["Statement"][1:]:
            place = key.stack, key.body.get("provider")
            may[place] = may.get(place, "") + json.dumps(statement)
    assert may.keys() == {
        ("foundation", None),
        ("foundation", "aws.usw2"),
        ("use1", None),
        ("usw2", None),
        ("world", "aws.health"),
    }
    for place, region in {("use1", None): "us-east-1", ("usw2", None): "us-west-2"}.items():
        assert f"logs.{region}.amazonaws.com" in may[place]
        assert f"arn:aws:logs:{region}:" in may[place]
        assert "events.amazonaws.com" in may[place]
    for alias, region in {None: "us-east-1", "aws.usw2": "us-west-2"}.items():
        assert f"dynamodb.{region}.amazonaws.com" in may["foundation", alias]


def test_P24_keys_rotate(resources):
    keys = [resource for resource in resources if resource.type == "aws_kms_key"]
    assert keys
    assert all(key.body["enable_key_rotation"] for key in keys)
