"""P20: an environment leaves nothing behind, and nothing stops its removal."""

FREE = {
    "aws_backup_vault": {"force_destroy": True},
    "aws_rds_cluster": {"deletion_protection": False, "skip_final_snapshot": True},
    "aws_rds_global_cluster": {"deletion_protection": False, "force_destroy": True},
    "aws_dynamodb_table": {"deletion_protection_enabled": False},
    "aws_route53_zone": {"force_destroy": True},
    "aws_kms_key": {"deletion_window_in_days": 7},
    "aws_cloudwatch_log_group": {"skip_destroy": None},
}


def test_P20_whatever_can_refuse_deletion_does_not(resources):
    kept = [
        f"{resource}: {key} is {resource.body.get(key)}"
        for resource in resources
        for key, wanted in FREE.get(resource.type, {}).items()
        if resource.body.get(key) != wanted
    ]
    assert kept == []
    assert FREE.keys() <= {resource.type for resource in resources}


def test_P20_nothing_is_retained(resources):
    kept = [str(r) for r in resources if r.body.get("lifecycle", {}).get("prevent_destroy")]
    assert kept == []
