"""P24: whatever runs is logged, and no log is kept for ever."""

import json

from lib.systems.load import load_any

AUDIT = ("/aws/apigateway/", "/aws/rds/", "/aws/states/", "/aws/vpc/")
"""Who called, who connected, what was decided, who talked to whom."""


def test_P24_every_log_group_has_a_retention_of_its_class(any_resources, request):
    settings = load_any({"SYSTEM": request.node.callspec.params["any_stacks"]})
    groups = [resource for resource in any_resources if resource.type == "aws_cloudwatch_log_group"]
    days = {group.body["name"]: group.body.get("retention_in_days") for group in groups}
    assert settings.logs.audit_retention_days == 365
    assert {name for name, kept in days.items() if kept == 365} == {
        name for name in days if name.startswith(AUDIT)
    }
    assert set(days.values()) <= {settings.logs.retention_days, 365}


def test_P24_every_function_has_its_log_group(region):
    groups = region.by("aws_cloudwatch_log_group", "name")
    for function in region.all("aws_lambda_function"):
        assert f"/aws/lambda/{function['function_name']}" in groups


def test_P24_the_api_and_the_state_machine_are_logged(region):
    access = region.only("aws_apigatewayv2_stage")["access_log_settings"]
    assert access["destination_arn"].startswith("${aws_cloudwatch_log_group.")
    assert "$context.requestId" in json.loads(access["format"]).values()
    logging = region.only("aws_sfn_state_machine")["logging_configuration"]
    assert (logging["level"], logging["include_execution_data"]) == ("ALL", True)


def test_P24_the_database_is_logged(region):
    cluster = region.only("aws_rds_cluster")
    assert cluster["enabled_cloudwatch_logs_exports"] == ["postgresql"]
    groups = region.document["resource"]["aws_cloudwatch_log_group"]
    (group,) = [
        address
        for address, body in groups.items()
        if body["name"] == f"/aws/rds/cluster/{cluster['cluster_identifier']}/postgresql"
    ]
    assert f"aws_cloudwatch_log_group.{group}" in cluster["depends_on"]
