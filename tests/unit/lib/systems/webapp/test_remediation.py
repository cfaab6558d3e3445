"""W07 W08 W09: who calls the remediation function, what it is told, and what it may do."""

import json

import pytest

from remediation.settings import Settings
from tests.unit.policy.roles import statements
from tests.unit.synthesized import Synthesized


def rights(stack: Synthesized) -> dict[str, dict]:
    """The statement for each action."""
    return {
        action: one
        for name, one in statements(stack)
        if name.startswith("webapp-remediation-")
        for action in one["Action"]
    }


@pytest.fixture
def function(here):
    return here.only("aws_lambda_function")


def test_W07_an_alarm_that_begins_to_ring_calls_the_function_and_a_schedule_looks_again(here, function):
    rules = here.by("aws_cloudwatch_event_rule", "name")
    pattern = json.loads(rules["webapp-alarms-test"]["event_pattern"])
    assert set(pattern["detail"]["alarmName"]) <= here.by("aws_cloudwatch_metric_alarm", "alarm_name").keys()
    assert pattern["detail"]["state"] == {"value": ["ALARM"]}
    assert rules["webapp-remediation-test"]["schedule_expression"] == "rate(1 minute)"
    assert len(here.all("aws_cloudwatch_event_target")) == 2
    called = {one["statement_id"]: one["source_arn"] for one in here.all("aws_lambda_permission")}
    assert called.keys() == {"from-events", "from-alarms"}
    assert all(arn.startswith("${aws_cloudwatch_event_rule.") for arn in called.values())
    assert function["handler"] == "remediation.handler.handler"


def test_W08_the_function_is_told_all_that_it_needs(function):
    told = Settings.from_env(function["environment"]["variables"])
    assert (told.names.alarm_prefix, told.names.alarm_suffix) == ("webapp-", "-test")
    assert told.names.symptom("webapp-saturated-test") is not None
    assert (told.group, told.table) == ("webapp-web-test", "webapp-actions-test")
    assert told.names.writer_name == "db.internal.test.webapp.test"
    assert (told.policy.may_promote, told.policy.most_lag_s) == (False, 60.0)


def test_W08_it_works_while_a_network_does_not(function):
    assert "vpc_config" not in function


def test_W08_what_it_did_is_kept_under_our_key_until_it_expires(here):
    table = here.only("aws_dynamodb_table")
    assert (table["name"], table["hash_key"]) == ("webapp-actions-test", "resource")
    assert table["ttl"] == {"attribute_name": "expires_at", "enabled": True}
    assert table["server_side_encryption"]["kms_key_arn"].startswith("${aws_kms_key.")


def test_W09_it_may_do_its_actions_and_no_more(here):
    assert rights(here).keys() - {"logs:CreateLogStream", "logs:PutLogEvents"} == {
        "autoscaling:DescribeAutoScalingGroups",
        "autoscaling:DescribeScalingActivities",
        "autoscaling:SetDesiredCapacity",
        "autoscaling:SetInstanceHealth",
        "cloudwatch:DescribeAlarms",
        "cloudwatch:GetMetricStatistics",
        "dynamodb:GetItem",
        "dynamodb:PutItem",
        "dynamodb:UpdateItem",
        "ec2:DescribeInstanceStatus",
        "ec2:RebootInstances",
        "elasticloadbalancing:DescribeTargetHealth",
        "kms:Decrypt",
        "kms:GenerateDataKey",
        "rds:DescribeDBInstances",
        "rds:RebootDBInstance",
        "route53:ChangeResourceRecordSets",
        "route53:ListResourceRecordSets",
        "sns:Publish",
        "ssm:GetParameter",
        "xray:PutTelemetryRecords",
        "xray:PutTraceSegments",
    }


def test_W09_each_action_reaches_its_own_things_only(here):
    may = rights(here)
    assert may["ec2:RebootInstances"]["Condition"] == {
        "StringEquals": {"aws:ResourceTag/aws:autoscaling:groupName": "webapp-web-test"}
    }
    assert may["autoscaling:SetInstanceHealth"]["Resource"][0].endswith("/webapp-web-test")
    assert len(may["rds:RebootDBInstance"]["Resource"]) == 2
    assert may["ssm:GetParameter"]["Resource"][0].endswith("parameter/webapp-test/remediation/mode")
    moving = may["route53:ChangeResourceRecordSets"]["Condition"]["ForAllValues:StringEquals"]
    assert moving == {
        "route53:ChangeResourceRecordSetsNormalizedRecordNames": ["db.internal.test.webapp.test"],
        "route53:ChangeResourceRecordSetsRecordTypes": ["CNAME"],
    }


def test_W09_it_may_promote_the_replica_only_where_the_settings_say_so(here, with_options):
    assert "rds:PromoteReadReplica" not in rights(here)
    (replica,) = rights(with_options)["rds:PromoteReadReplica"]["Resource"]
    assert "database-1" in replica
    told = with_options.only("aws_lambda_function")["environment"]["variables"]
    assert told["MAY_PROMOTE"] == "yes"
