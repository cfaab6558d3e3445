"""T03: instances that serve in both regions, and the balancer before them."""

import base64
import json
import re

from botocore.session import get_session
from botocore.validate import ParamValidator

TYPES = ["t3.large", "t3a.large", "m5.large", "m5a.large"]


def test_T03_the_standby_keeps_three_instances_too_so_that_nothing_is_launched_to_recover(region):
    group = region.only("aws_autoscaling_group")
    assert (group["min_size"], group["desired_capacity"], group["max_size"]) == (3, 3, 10)
    assert len(group["vpc_zone_identifier"]) == 3


def test_T03_the_first_type_that_a_zone_has_is_launched_and_none_that_aws_takes_back(region):
    policy = region.only("aws_autoscaling_group")["mixed_instances_policy"]
    assert [one["instance_type"] for one in policy["launch_template"]["override"]] == TYPES
    assert policy["instances_distribution"] == {
        "on_demand_allocation_strategy": "prioritized",
        "on_demand_percentage_above_base_capacity": 100,
    }
    assert "launch_template" not in region.only("aws_autoscaling_group")


def test_T03_the_version_is_a_number_that_only_a_release_changes(region):
    group = region.only("aws_autoscaling_group")
    template = group["mixed_instances_policy"]["launch_template"]["launch_template_specification"]
    assert template["version"].endswith(".latest_version}")
    path = "mixed_instances_policy[0].launch_template[0].launch_template_specification[0].version"
    assert path in group["lifecycle"]["ignore_changes"]


def test_T03_a_release_asks_for_all_types_again_in_a_request_that_auto_scaling_takes(region):
    (request,) = [json.loads(v) for name, v in region.outputs.items() if name.startswith("release_request")]
    shape = get_session().get_service_model("autoscaling").operation_model("StartInstanceRefresh").input_shape
    assert not ParamValidator().validate(request, shape).has_errors()
    wanted = request["DesiredConfiguration"]["MixedInstancesPolicy"]["LaunchTemplate"]
    assert [one["InstanceType"] for one in wanted["Overrides"]] == TYPES
    alarms = set(region.by("aws_cloudwatch_metric_alarm", "alarm_name"))
    ends_it = request["Preferences"]["AlarmSpecification"]["Alarms"]
    assert ends_it == ["trading-targets-failing-test", "trading-unhealthy-targets-test"]
    assert set(ends_it) <= alarms


def test_T03_one_type_only_needs_no_mix(with_options):
    group = with_options["use2"].only("aws_autoscaling_group")
    assert "mixed_instances_policy" not in group
    assert "launch_template[0].version" in group["lifecycle"]["ignore_changes"]


def test_T03_the_image_is_a_setting_and_metadata_needs_a_token(region):
    template = region.only("aws_launch_template")
    assert (template["instance_type"], template["metadata_options"]["http_tokens"]) == (
        "t3.large",
        "required",
    )
    image = region.document["data"]["aws_ssm_parameter"]
    assert [one["name"] for one in image.values()] == [
        "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"
    ]


def test_T03_the_balancer_asks_for_health_every_ten_seconds_and_wants_200(region):
    check = region.only("aws_lb_target_group")["health_check"]
    assert (check["path"], check["interval"], check["matcher"]) == ("/health", 10, "200")
    assert (check["healthy_threshold"], check["unhealthy_threshold"], check["timeout"]) == (3, 3, 5)
    balancer = region.only("aws_lb")
    assert balancer.get("internal") is False
    assert all("public" in one for one in balancer["subnets"])


def test_T03_an_instance_boots_the_very_bundle_that_was_uploaded_as_a_service_of_orders(region):
    user_data = region.only("aws_launch_template")["user_data"]
    script = region.document["locals"][re.fullmatch(r"\$\{base64encode\(local\.([\w-]+)\)}", user_data)[1]]
    upload = region.only("aws_s3_object")
    assert base64.b64decode(upload["source_hash"]).hex() in script
    assert "-m apps.trading\n" in script
    for told in ("SYSTEM=trading", "LEASE_TABLE=trading-lease-test", "JOURNAL_TABLE=trading-journal-test"):
        assert told in script


def test_T03_bundles_are_never_archived_for_an_old_one_could_not_be_booted(region):
    archived = {
        one["bucket"]
        for one in region.document["resource"]["aws_s3_bucket_lifecycle_configuration"].values()
        if "transition" in json.dumps(one)
    }
    assert archived
    assert region.only("aws_s3_object")["bucket"] not in archived


def test_T03_everything_that_an_instance_reads_is_there_before_the_first_one(region):
    parameters = {f"aws_ssm_parameter.{one}" for one in region.document["resource"]["aws_ssm_parameter"]}
    assert parameters <= set(region.only("aws_autoscaling_group")["depends_on"])
