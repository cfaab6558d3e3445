"""The judge of requests knows the types of a web application, and finds what AWS would refuse of them."""

import pytest

from gates.requests import judge
from tests.unit.injected import broken


def refused(stacks):
    documents = {name: stack.document for name, stack in stacks.items()}
    return [str(found) for found in judge.refused(documents)]


SELF_MADE = {"type": "forward", "target_group_arn": "arn", "redirect": {"status_code": "HTTP_999"}}
CHECK = {"path": "/", "interval": 301, "timeout": 5, "healthy_threshold": 2, "unhealthy_threshold": 2}
HOOK = {"name": "a b", "lifecycle_transition": "autoscaling:EC2_INSTANCE_LAUNCHING"}
RULE = {"name": "a rule", "priority": 0, "statement": {}, "visibility_config": {}}
BROKEN = {
    "a scheme of addresses": (("use1", "aws_lb", {"ip_address_type": "ipv5"}), "is none of"),
    "an argument nobody mapped": (("use1", "aws_lb", {"enable_http3": True}), "has no such member"),
    "a check that is too seldom": (
        ("use1", "aws_lb_target_group", {"health_check": CHECK | {"matcher": "200"}}),
        "at most 300",
    ),
    "a redirect of another kind": (
        ("use1", "aws_lb_listener", {"default_action": [SELF_MADE]}),
        "is none of HTTP_301",
    ),
    "a port beyond the last": (("use1", "aws_lb_listener", {"port": 65536}), "at most 65535"),
    "a rule of a firewall": (("use1", "aws_wafv2_web_acl", {"rule": [RULE]}), "does not match"),
    "metadata for everybody": (
        ("use1", "aws_launch_template", {"metadata_options": {"http_tokens": "sometimes"}}),
        "is none of optional, required",
    ),
    "a group without a maximum": (
        ("use1", "aws_autoscaling_group", {"max_size": None}),
        "MaxSize: is required",
    ),
    "a hook with a blank": (
        ("use1", "aws_autoscaling_group", {"initial_lifecycle_hook": [HOOK]}),
        "does not match",
    ),
    "a metric of groups": (("use1", "aws_autoscaling_group", {"enabled_metrics": [""]}), "at least 1"),
    "a metric that nobody tracks": (
        (
            "use1",
            "aws_autoscaling_policy",
            {
                "target_tracking_configuration": {
                    "target_value": 1,
                    "predefined_metric_specification": {"predefined_metric_type": "Moods"},
                }
            },
        ),
        "is none of ASGAverageCPUUtilization",
    ),
    "a long user name": (("use1", "aws_db_instance", {"username": "b" * 17}), "1 to 16 letters"),
    "a version that ended": (("use1", "aws_db_instance", {"engine_version": "16.6"}), "cannot be created"),
    "a class that nobody offers": (("use1", "aws_db_instance", {"instance_class": "db.t1"}), "not known"),
    "a last snapshot without a name": (
        ("use1", "aws_db_instance", {"skip_final_snapshot": False}),
        "either it, or the name",
    ),
    "an object without a key": (("use1", "aws_s3_object", {"key": None}), "Key: is required"),
    "a website with a slash": (
        ("usw2", "aws_s3_bucket_website_configuration", {"index_document": {}}),
        "Suffix: is required",
    ),
    "a rule of replication": (
        ("use1", "aws_s3_bucket_replication_configuration", {"rule": [{"status": "On"}]}),
        "is none of Enabled",
    ),
    "an encryption of another kind": (
        (
            "use1",
            "aws_s3_bucket_server_side_encryption_configuration",
            {"rule": [{"apply_server_side_encryption_by_default": {"sse_algorithm": "rot13"}}]},
        ),
        "is none of",
    ),
    "a rule of a lifecycle": (
        ("usw2", "aws_s3_bucket_lifecycle_configuration", {"rule": [{"status": "Sometimes"}]}),
        "is none of Enabled",
    ),
}


@pytest.mark.parametrize(("change", "said"), BROKEN.values(), ids=BROKEN)
def test_B13_what_aws_refuses_of_a_fleet_is_found(webapp, change, said):
    stack, type_, changed = change
    found = refused(broken(webapp, stack, type_, **changed))
    assert any(said in one for one in found), found


def test_B13_aws_takes_every_request_of_a_fleet(webapp):
    assert refused(webapp) == []


def test_B13_a_replica_is_asked_for_as_one(webapp):
    stacks = broken(webapp, "use1", "aws_db_instance", replicate_source_db="source", multi_az="yes")
    assert any("CreateDBInstanceReadReplica" in one and "MultiAZ" in one for one in refused(stacks))
