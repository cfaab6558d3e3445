"""W04 W09: instances, the group that keeps them, and how a release reaches them."""

import base64
import hashlib
import json
import re

import pytest
from botocore.session import get_session
from botocore.validate import ParamValidator

from lib.compute.release import KEY
from tests.unit.policy.roles import statements


@pytest.fixture
def template(here):
    return here.only("aws_launch_template")


@pytest.fixture
def group(here):
    return here.only("aws_autoscaling_group")


def test_W04_the_group_has_a_minimum_a_desired_size_and_a_maximum(group):
    assert (group["min_size"], group["desired_capacity"], group["max_size"]) == (3, 3, 9)
    assert "desired_capacity" in group["lifecycle"]["ignore_changes"], "a plan would undo what scaling did"


def test_W04_it_scales_by_processors_and_by_requests(here):
    found = {
        one["target_tracking_configuration"]["predefined_metric_specification"]["predefined_metric_type"]: one
        for one in here.all("aws_autoscaling_policy")
    }
    assert found.keys() == {"ASGAverageCPUUtilization", "ALBRequestCountPerTarget"}
    label = found["ALBRequestCountPerTarget"]["target_tracking_configuration"][
        "predefined_metric_specification"
    ]["resource_label"]
    assert re.fullmatch(r"\$\{aws_lb\.\w+\.arn_suffix}/\$\{aws_lb_target_group\.\w+\.arn_suffix}", label)


def test_W04_the_balancer_says_who_is_well_after_a_grace_and_new_instances_come_first(group):
    assert (group["health_check_type"], group["health_check_grace_period"]) == ("ELB", 60)
    assert group["instance_maintenance_policy"]["min_healthy_percentage"] == 100
    assert group["target_group_arns"][0].startswith("${aws_lb_target_group.")


def test_W04_an_instance_serves_once_its_application_answers_and_stays_a_moment_when_it_goes(group):
    hooks = {one["lifecycle_transition"].rpartition("_")[2]: one for one in group["initial_lifecycle_hook"]}
    launch, end = hooks["LAUNCHING"], hooks["TERMINATING"]
    assert (launch["name"], launch["default_result"]) == ("webapp-launch-test", "ABANDON")
    assert (end["default_result"], end["heartbeat_timeout"]) == ("CONTINUE", 30)
    assert launch["heartbeat_timeout"] == 300


def test_W04_the_templates_version_is_a_number_that_only_a_release_changes(group):
    version = group["launch_template"]["version"]
    assert re.fullmatch(r"\$\{aws_launch_template\.\w+\.latest_version}", version)
    assert "launch_template[0].version" in group["lifecycle"]["ignore_changes"]
    assert "instance_refresh" not in group, "under Terraform it would roll back to what was just set"


def test_W04_the_request_of_a_release_is_one_that_auto_scaling_takes_and_that_undoes_itself(here):
    request = json.loads(here.outputs["release_request"])
    shape = get_session().get_service_model("autoscaling").operation_model("StartInstanceRefresh").input_shape
    assert not ParamValidator().validate(request, shape).has_errors()
    wanted = request["DesiredConfiguration"]["LaunchTemplate"]
    assert wanted["Version"].endswith(".latest_version}")
    said = request["Preferences"]
    assert (said["AutoRollback"], said["CheckpointPercentages"]) == (True, [34, 100])
    alarms = set(here.by("aws_cloudwatch_metric_alarm", "alarm_name"))
    assert set(said["AlarmSpecification"]["Alarms"]) <= alarms


def test_W04_an_instance_has_no_ssh_no_open_metadata_and_an_encrypted_disk(template):
    assert "key_name" not in template
    metadata = template["metadata_options"]
    assert (metadata["http_tokens"], metadata["http_put_response_hop_limit"]) == ("required", 1)
    disk = template["block_device_mappings"][0]["ebs"]
    assert (disk["volume_type"], disk["encrypted"]) == ("gp3", "true")
    assert template["image_id"].startswith("${data.aws_ssm_parameter.")


def test_W04_an_instance_boots_the_very_bundle_that_was_uploaded(here, template):
    local = re.fullmatch(r"\$\{base64encode\(local\.([\w-]+)\)}", template["user_data"])[1]
    script = here.document["locals"][local]
    upload = here.only("aws_s3_object")
    digest = base64.b64decode(upload["source_hash"]).hex()
    assert digest in script
    assert re.search(rf"--key {KEY} --version-id \"\$\{{aws_s3_object\.\w+\.version_id}}\"", script)
    assert len(digest) == len(hashlib.sha256().hexdigest())
    assert "--lifecycle-hook-name webapp-launch-test" in script


def test_W04_everything_that_an_instance_reads_is_there_before_the_first_one(here, group):
    parameters = {f"aws_ssm_parameter.{one}" for one in here.document["resource"]["aws_ssm_parameter"]}
    assert parameters < set(group["depends_on"])
    assert any(one.startswith("aws_iam_role_policy.") for one in group["depends_on"])


def test_W09_an_instance_may_do_what_the_application_does_and_no_more(here):
    allowed = {
        action: statement
        for name, statement in statements(here)
        if name.startswith("webapp-instances-")
        for action in statement["Action"]
    }
    assert allowed.keys() == {
        "autoscaling:CompleteLifecycleAction",
        "cloudwatch:PutMetricData",
        "kms:Decrypt",
        "kms:GenerateDataKey",
        "s3:GetObject",
        "s3:GetObjectVersion",
        "s3:PutObject",
        "secretsmanager:GetSecretValue",
        "ssm:GetParameter",
        "ssm:UpdateInstanceInformation",
        "ssmmessages:CreateControlChannel",
        "ssmmessages:CreateDataChannel",
        "ssmmessages:OpenControlChannel",
        "ssmmessages:OpenDataChannel",
    }
    assert allowed["cloudwatch:PutMetricData"]["Condition"] == {
        "StringEquals": {"cloudwatch:namespace": "webapp-test"}
    }
    assert [one.rpartition("/")[2] for one in allowed["s3:GetObjectVersion"]["Resource"]] == [KEY]
    assert all(one.endswith("/files/*") for one in allowed["s3:PutObject"]["Resource"])
    assert allowed["autoscaling:CompleteLifecycleAction"]["Resource"][0].endswith("/webapp-web-test")
