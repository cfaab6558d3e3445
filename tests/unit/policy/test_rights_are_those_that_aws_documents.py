"""P24: each role may do what AWS's own sample policies say for the feature that uses it."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.unit.synthesized import Body, Synthesized

LOG_DELIVERY = {
    "logs:CreateLogDelivery",
    "logs:DeleteLogDelivery",
    "logs:DescribeLogGroups",
    "logs:DescribeResourcePolicies",
    "logs:GetLogDelivery",
    "logs:ListLogDeliveries",
    "logs:PutResourcePolicy",
    "logs:UpdateLogDelivery",
}
"""https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html"""
MACHINE_TRACES = {
    "xray:GetSamplingRules",
    "xray:GetSamplingTargets",
    "xray:PutTelemetryRecords",
    "xray:PutTraceSegments",
}
"""https://docs.aws.amazon.com/step-functions/latest/dg/concepts-xray-tracing.html"""
IN_VPC = {
    "ec2:AssignPrivateIpAddresses",
    "ec2:CreateNetworkInterface",
    "ec2:DeleteNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSubnets",
    "ec2:UnassignPrivateIpAddresses",
    "logs:CreateLogStream",
    "logs:PutLogEvents",
}
"""https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSLambdaVPCAccessExecutionRole.html, but
for logs:CreateLogGroup: the group is there."""
FLOW_LOGS = {
    "logs:CreateLogStream",
    "logs:DescribeLogGroups",
    "logs:DescribeLogStreams",
    "logs:PutLogEvents",
}
"""https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-iam-role.html, but for logs:CreateLogGroup."""
ARCHIVE_KEY = {"kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey*", "kms:ReEncrypt*"}
"""https://docs.aws.amazon.com/eventbridge/latest/userguide/encryption-archives.html"""
LOGS_KEY = {"kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"}
"""https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html"""
ALARMS_KEY = {"kms:Decrypt", "kms:GenerateDataKey*"}
"""https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html"""
TYPES = {
    "aws_lambda_function": ("role", IN_VPC | {"xray:PutTelemetryRecords", "xray:PutTraceSegments"}),
    "aws_sfn_state_machine": ("role_arn", LOG_DELIVERY | MACHINE_TRACES | {"lambda:InvokeFunction"}),
    "aws_flow_log": ("iam_role_arn", FLOW_LOGS),
}
"""Where a resource names its role, and what the service does with it."""


def allowed(stack: Synthesized) -> dict[str, set[str]]:
    """Actions by the address of the role that may."""
    may: dict[str, set[str]] = {}
    for policy in stack.all("aws_iam_role_policy"):
        address = policy["role"].split(".")[1]
        for statement in json.loads(policy["policy"])["Statement"]:
            if statement["Effect"] == "Allow":
                may.setdefault(address, set()).update(statement["Action"])
    return may


def lacking(stack: Synthesized) -> Iterator[str]:
    may = allowed(stack)
    for type_, (argument, needed) in TYPES.items():
        for body in stack.all(type_):
            if missing := needed - may[body[argument].split(".")[1]]:
                yield f"{type_}: {sorted(missing)}"
    (key,) = [one for one in stack.all("aws_kms_key") if "region" in one["description"]]
    for service, needed in (("events", ARCHIVE_KEY), ("logs", LOGS_KEY), ("cloudwatch", ALARMS_KEY)):
        if missing := needed - _for_service(key, service):
            yield f"key for {service}: {sorted(missing)}"


def _for_service(key: Body, service: str) -> set[str]:
    statements: list[dict[str, Any]] = json.loads(key["policy"])["Statement"]
    return {
        action
        for one in statements
        if str(one["Principal"].get("Service", "")).startswith(f"{service}.")
        for action in one["Action"]
    }


def test_P24_every_role_may_do_what_its_service_does_with_it(region):
    assert list(lacking(region)) == []


@pytest.mark.parametrize(
    ("type_", "lost"),
    [("aws_kms_key", "kms:ReEncrypt*"), ("aws_iam_role_policy", "xray:GetSamplingTargets")],
)
def test_a_right_that_is_missing_is_found(stacks, type_, lost):
    whole = stacks["use1"].document
    changed = {
        address: {**body, "policy": body["policy"].replace(lost, "x:y")}
        for address, body in whole["resource"][type_].items()
    }
    less = Synthesized("use1", {**whole, "resource": {**whole["resource"], type_: changed}})
    assert any(lost in said for said in lacking(less))


@pytest.mark.parametrize("call", ["rds:FailoverGlobalCluster", "rds:SwitchoverGlobalCluster"])
def test_P24_either_move_of_the_writer_names_the_global_database_and_both_clusters(stacks, call):
    named = [
        sorted("global-cluster" if ":global-cluster:" in arn else "cluster" for arn in one["Resource"])
        for stack in stacks.values()
        for policy in stack.all("aws_iam_role_policy")
        for one in json.loads(policy["policy"])["Statement"]
        if call in one.get("Action", ())
    ]
    assert named
    assert all(kinds == ["cluster", "cluster", "global-cluster"] for kinds in named)


def test_a_role_is_minutes_old_before_a_restore_test_names_it(region):
    """The provider does not repeat the call when IAM does not know the role yet; a database takes minutes."""
    (instance,) = region.document["resource"]["aws_rds_cluster_instance"]
    for selection in region.all("aws_backup_restore_testing_selection"):
        assert f"aws_rds_cluster_instance.{instance}" in selection["depends_on"]
        assert any("aws_iam_role_policy_attachment" in one for one in selection["depends_on"])
