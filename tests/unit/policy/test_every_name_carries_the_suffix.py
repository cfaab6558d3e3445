"""P19: two environments in one account never meet."""

import re

from lib.systems.load import load_settings
from tests.unit.synthesized import Resource, synthesize

NAMELESS = {
    "aws_apigatewayv2_integration": "an API's part",
    "aws_apigatewayv2_route": "an API's part",
    "aws_apigatewayv2_stage": "always $default, inside a named API",
    "aws_backup_vault_policy": "a named vault's part",
    "aws_cloudwatch_event_permission": "a named bus's part",
    "aws_cloudwatch_event_target": "a named rule's part",
    "aws_sns_topic_policy": "a named topic's part",
    "aws_vpc_peering_connection_options": "a named peering's part",
    "aws_iam_role_policy_attachment": "a named role's part",
    "aws_lambda_permission": "a named function's part",
    "aws_route": "a named table's part",
    "aws_route_table_association": "a named table's part",
    "aws_vpc_security_group_egress_rule": "a named group's part",
    "aws_vpc_security_group_ingress_rule": "a named group's part",
}
LIMITS = {
    "aws_backup_plan": 50,
    "aws_backup_restore_testing_plan": 50,
    "aws_backup_restore_testing_selection": 50,
    "aws_backup_selection": 50,
    "aws_backup_vault": 50,
    "aws_cloudwatch_composite_alarm": 255,
    "aws_cloudwatch_dashboard": 255,
    "aws_cloudwatch_event_archive": 48,
    "aws_cloudwatch_event_bus": 256,
    "aws_cloudwatch_event_endpoint": 64,
    "aws_cloudwatch_event_rule": 64,
    "aws_cloudwatch_log_metric_filter": 512,
    "aws_cloudwatch_metric_alarm": 255,
    "aws_config_config_rule": 128,
    "aws_xray_group": 32,
    "aws_xray_sampling_rule": 32,
    "aws_db_subnet_group": 255,
    "aws_iam_role": 64,
    "aws_lambda_function": 64,
    "aws_rds_cluster": 63,
    "aws_rds_cluster_instance": 63,
    "aws_rds_cluster_parameter_group": 255,
    "aws_rds_global_cluster": 63,
    "aws_sfn_state_machine": 80,
    "aws_sns_topic": 256,
    "aws_sqs_queue": 80,
    "aws_apigatewayv2_api": 128,
}
SUFFIX = re.compile(r"(^|[-./_])test([-./_]|$)")


def named(resources: list[Resource]) -> list[Resource]:
    return [resource for resource in resources if resource.type not in NAMELESS]


def test_P19_every_resource_has_a_name_with_the_suffix(resources):
    unmarked = [f"{r} = {r.name}" for r in named(resources) if not SUFFIX.search(r.name or "")]
    assert unmarked == []


def test_P19_tags_repeat_the_name(resources):
    differing = [
        f"{resource} = {resource.name} but {tag}"
        for resource in resources
        if (tag := resource.body.get("tags", {}).get("Name")) and not SUFFIX.search(tag)
    ]
    assert differing == []


def test_what_has_no_name_is_really_part_of_something(resources):
    assert NAMELESS.keys() <= {resource.type for resource in resources}


def test_P19_the_longest_names_still_fit(functions, tmp_path):
    longest = "a23456789-123456"
    settings = load_settings({"ENVIRONMENT_SUFFIX": longest}).model_copy(update={"system": longest})
    stacks = synthesize(settings, functions, tmp_path)
    lengths = [
        (len(resource.name or ""), LIMITS[resource.type], str(resource))
        for stack in stacks.values()
        for resource in stack.resources()
        if resource.type in LIMITS
    ]
    assert [found for found in lengths if found[0] > found[1]] == []
    assert {resource.type for stack in stacks.values() for resource in stack.resources()} >= LIMITS.keys()


def test_iam_names_tell_the_regions_apart(stacks):
    east, west = ({role["name"] for role in stacks[c].all("aws_iam_role")} for c in ("use1", "usw2"))
    assert len(east) == len(west) == 8
    assert not east & west
