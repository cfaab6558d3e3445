"""W10 W11: names, tags, keys, and what a protected environment keeps."""

import re

import pytest

from tests.unit.synthesized import Resource, Synthesized, synthesize

PARTS = {
    "aws_acm_certificate_validation": "a certificate's part",
    "aws_cloudwatch_event_target": "a named rule's part",
    "aws_default_security_group": "came with the VPC",
    "aws_lambda_permission": "a named function's part",
    "aws_lb_listener": "a named balancer's part",
    "aws_route": "a named table's part",
    "aws_route_table_association": "a named table's part",
    "aws_s3_bucket_lifecycle_configuration": "a named bucket's part",
    "aws_s3_bucket_policy": "a named bucket's part",
    "aws_s3_bucket_public_access_block": "a named bucket's part",
    "aws_s3_bucket_replication_configuration": "a named bucket's part",
    "aws_s3_bucket_server_side_encryption_configuration": "a named bucket's part",
    "aws_s3_bucket_versioning": "a named bucket's part",
    "aws_s3_bucket_website_configuration": "a named bucket's part",
    "aws_s3_object": "a named bucket's part",
    "aws_sns_topic_policy": "a named topic's part",
    "aws_vpc_security_group_egress_rule": "a named group's part",
    "aws_vpc_security_group_ingress_rule": "a named group's part",
    "aws_wafv2_web_acl_association": "a named firewall's part",
}
SUFFIX = re.compile(r"(^|[-./_])test([-./_]|$)")
KEPT_BY = {
    "aws_db_instance": {
        "deletion_protection": True,
        "skip_final_snapshot": False,
        "delete_automated_backups": False,
    },
    "aws_dynamodb_table": {"deletion_protection_enabled": True},
    "aws_kms_key": {"deletion_window_in_days": 30},
    "aws_lb": {"enable_deletion_protection": True},
    "aws_route53_zone": {"force_destroy": False},
    "aws_s3_bucket": {"force_destroy": False},
}


@pytest.fixture
def every(webapp) -> list[Resource]:
    return [one for stack in webapp.values() for one in stack.resources()]


@pytest.fixture(scope="module")
def protected(changed, functions, tmp_path_factory) -> dict[str, Synthesized]:
    return synthesize(changed(profile="protected"), functions, tmp_path_factory.mktemp("protected"))


def test_W11_every_resource_has_a_name_with_the_suffix(every):
    unmarked = [str(r) for r in every if r.type not in PARTS and not SUFFIX.search(r.name or "")]
    assert unmarked == []


def test_W11_instances_volumes_and_interfaces_carry_the_tags_of_everything(here):
    told = here.only("aws_launch_template")["tag_specifications"]
    assert {one["resource_type"] for one in told} == {"instance", "volume", "network-interface"}
    for tags in (one["tags"] for one in told):
        assert tags["System"] == "webapp"
        assert tags["EnvironmentSuffix"] == "test"
    group = {one["key"]: one for one in here.only("aws_autoscaling_group")["tag"]}
    assert group["System"]["propagate_at_launch"] is True


def test_W11_a_protected_environment_keeps_what_somebody_would_miss(protected):
    lost = [
        f"{resource}: {key} is {resource.body.get(key)}"
        for stack in protected.values()
        for resource in stack.resources()
        for key, wanted in KEPT_BY.get(resource.type, {}).items()
        if resource.body.get(key) != wanted
    ]
    assert lost == []
    assert KEPT_BY.keys() <= {one.type for stack in protected.values() for one in stack.resources()}


def test_W11_both_databases_leave_a_snapshot_of_their_own_name(protected):
    found = protected["use1"].by("aws_db_instance", "final_snapshot_identifier")
    assert found.keys() == {f"webapp-database-{number}-use1-test-final" for number in (0, 1)}


def test_W10_keys_rotate_and_data_lies_under_them(every, here):
    keys = [one for one in every if one.type == "aws_kms_key"]
    assert len(keys) == 2
    assert all(one.body["enable_key_rotation"] for one in keys)
    for type_, key in (("aws_cloudwatch_log_group", "kms_key_id"), ("aws_sns_topic", "kms_master_key_id")):
        assert all(one[key].startswith("${aws_kms_key.") for one in here.all(type_))
    assert all(
        one["performance_insights_kms_key_id"].startswith("${aws_kms_key.")
        for one in here.all("aws_db_instance")
    )
