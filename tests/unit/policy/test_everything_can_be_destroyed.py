"""P20: an environment leaves nothing behind, and nothing stops its removal."""

FREE = {
    "aws_backup_vault": {"force_destroy": True},
    "aws_rds_cluster": {"deletion_protection": False, "skip_final_snapshot": True},
    "aws_rds_global_cluster": {"deletion_protection": False, "force_destroy": True},
    "aws_dynamodb_table": {"deletion_protection_enabled": False},
    "aws_route53_zone": {"force_destroy": True},
    "aws_kms_key": {"deletion_window_in_days": 7},
    "aws_cloudwatch_log_group": {"skip_destroy": None},
    "aws_db_instance": {"deletion_protection": False, "skip_final_snapshot": True},
    "aws_lb": {"enable_deletion_protection": False},
    "aws_s3_bucket": {"force_destroy": True},
}


def test_P20_whatever_can_refuse_deletion_does_not(any_resources):
    kept = [
        f"{resource}: {key} is {resource.body.get(key)}"
        for resource in any_resources
        for key, wanted in FREE.get(resource.type, {}).items()
        if resource.body.get(key) != wanted
    ]
    assert kept == []


def test_every_type_that_can_refuse_is_deployed(resources, webapp):
    found = [*resources, *(one for stack in webapp.values() for one in stack.resources())]
    assert FREE.keys() <= {resource.type for resource in found}


def test_P20_nothing_is_retained(any_resources):
    kept = [str(r) for r in any_resources if r.body.get("lifecycle", {}).get("prevent_destroy")]
    assert kept == []
