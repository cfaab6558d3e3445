"""P24: a role may do what its function does, in its own region, to what it names."""

import json

import pytest

from tests.unit.policy.roles import statements

WITHOUT_RESOURCE = {
    "ec2:AssignPrivateIpAddresses",
    "ec2:CreateNetworkInterface",
    "ec2:DeleteNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSubnets",
    "ec2:UnassignPrivateIpAddresses",
    "logs:CreateLogDelivery",
    "logs:DeleteLogDelivery",
    "logs:DescribeLogGroups",
    "logs:DescribeResourcePolicies",
    "logs:GetLogDelivery",
    "logs:ListLogDeliveries",
    "logs:PutResourcePolicy",
    "logs:UpdateLogDelivery",
    "xray:GetSamplingRules",
    "xray:GetSamplingTargets",
    "xray:PutTelemetryRecords",
    "xray:PutTraceSegments",
}
"""Actions that IAM cannot narrow, or whose resource does not exist yet (service authorization reference)."""

DUTIES = {
    "payments-service": {
        "dynamodb:DeleteItem",
        "dynamodb:GetItem",
        "dynamodb:PutItem",
        "dynamodb:Query",
        "dynamodb:UpdateItem",
    },
    "payments-reconciler": {
        "dynamodb:BatchGetItem",
        "dynamodb:GetItem",
        "dynamodb:Query",
        "dynamodb:Scan",
        "dynamodb:UpdateItem",
        "events:PutEvents",
    },
    "payments-keeper": {
        "dynamodb:GetItem",
        "dynamodb:PutItem",
        "dynamodb:Query",
        "dynamodb:UpdateItem",
        "states:DescribeExecution",
        "states:StartExecution",
    },
    "payments-steps": {
        "dynamodb:BatchGetItem",
        "dynamodb:GetItem",
        "dynamodb:PutItem",
        "dynamodb:Query",
        "dynamodb:Scan",
        "dynamodb:UpdateItem",
        "events:PutEvents",
        "execute-api:Invoke",
        "lambda:InvokeFunction",
        "rds:DescribeGlobalClusters",
        "rds:FailoverGlobalCluster",
        "sts:AssumeRole",
    },
    "payments-failover": {"lambda:InvokeFunction"},
    "payments-flow": {"logs:DescribeLogStreams"},
    "payments-replication": {"events:PutEvents"},
    "payments-backup": {"rds:DeleteDBClusterSnapshot", "rds:DeleteDBSnapshot"},
}
"""What each role may do beyond what all functions may."""
COMMON = {
    "logs:CreateLogStream",
    "logs:PutLogEvents",
    "secretsmanager:GetSecretValue",
    "ssm:GetParameter",
}


def test_P24_a_star_stands_only_where_nothing_narrower_exists(region):
    broad = {
        action
        for _, statement in statements(region)
        if "*" in statement["Resource"]
        for action in statement["Action"]
    }
    assert broad <= WITHOUT_RESOURCE


def test_P24_no_action_is_a_pattern(region):
    assert [found for found in statements(region) if "*" in json.dumps(found[1]["Action"])] == []


def test_P24_each_role_has_its_duties_and_no_more(region):
    may: dict[str, set[str]] = {}
    for name, statement in statements(region):
        role = "-".join(name.split("-")[:2])
        may.setdefault(role, set()).update(statement["Action"])
    assert {role: actions - COMMON - WITHOUT_RESOURCE for role, actions in may.items()} == DUTIES


def test_P24_payments_may_read_the_lease_but_not_change_it(region):
    tables = [
        (statement["Action"], statement.get("Condition"))
        for name, statement in statements(region)
        if "-service-" in name and "table/payments-lease-test" in json.dumps(statement["Resource"])
    ]
    own = {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["payments#early#*"]}}
    assert tables == [(["dynamodb:GetItem"], None), (["dynamodb:UpdateItem"], own)]


@pytest.mark.parametrize(
    ("role", "table", "wanted"),
    [
        ("service", "sessions", {"GetItem", "PutItem", "DeleteItem"}),
        ("service", "journal", {"GetItem", "PutItem", "UpdateItem"}),
        ("reconciler", "lease", {"GetItem"}),
        ("steps", "approvals", {"Scan", "GetItem", "PutItem"}),
        ("service", "arrivals", {"PutItem", "Query"}),
        ("reconciler", "journal", {"Scan", "BatchGetItem", "GetItem", "UpdateItem"}),
        ("reconciler", "arrivals", {"GetItem", "Query", "Scan"}),
        ("steps", "journal", {"Scan", "BatchGetItem", "GetItem", "UpdateItem"}),
        ("steps", "arrivals", {"GetItem", "Query", "Scan"}),
    ],
)
def test_P24_each_table_is_used_for_what_it_is_for(region, role, table, wanted):
    actions = {
        action.removeprefix("dynamodb:")
        for name, statement in statements(region)
        if f"-{role}-" in name and f"table/payments-{table}-test" in json.dumps(statement["Resource"])
        for action in statement["Action"]
    }
    assert actions == wanted


def test_P08_a_switchover_goes_through_the_role_of_automation(region, stacks):
    """It is called in the other region, where no function may act with its own role."""
    (taking,) = [s for name, s in statements(region) if "sts:AssumeRole" in s["Action"]]
    names = {role["name"] for role in stacks["world"].all("aws_iam_role")}
    assert taking["Resource"][0].rpartition("/")[2] in names
    path = region.by("aws_ssm_parameter", "name")["/payments-test/automation/role"]["value"]
    assert path == taking["Resource"][0]
    (policy,) = [p for p in stacks["world"].all("aws_iam_role_policy") if "automation" in p["name"]]
    (switching,) = [
        one for one in json.loads(policy["policy"])["Statement"] if "rds:SwitchoverGlobalCluster" in str(one)
    ]
    kinds = [arn.split(":", 5)[5].partition(":")[0] for arn in switching["Resource"]]
    assert kinds == ["global-cluster", "cluster", "cluster"]


def test_P24_events_go_to_the_regions_own_bus(region):
    buses = {
        "-".join(role.split("-")[:2]): [arn.split(":", 3)[3] for arn in statement["Resource"]]
        for role, statement in statements(region)
        if "events:PutEvents" in statement["Action"] and not role.startswith("payments-replication-")
    }
    place = {"use1": "us-east-1", "usw2": "us-west-2"}[region.name]
    own = [f"{place}:${{data.aws_caller_identity.account.account_id}}:event-bus/payments-events-test"]
    assert buses == {"payments-reconciler": own, "payments-steps": own}


@pytest.mark.parametrize(("code", "other"), [("use1", "us-west-2"), ("usw2", "us-east-1")])
def test_B03_no_role_reaches_into_the_other_region(stacks, code, other):
    reaching = [found for found in statements(stacks[code]) if other in json.dumps(found[1])]
    told, failing = sorted(reaching, key=lambda found: "rds:FailoverGlobalCluster" in found[1]["Action"])
    assert failing[1]["Action"] == ["rds:FailoverGlobalCluster"]  # called here, about both clusters
    role, statement = told  # telling the other region's bus is what this one is for
    assert role.startswith("payments-replication-")
    assert statement["Action"] == ["events:PutEvents"]
    (bus,) = statement["Resource"]
    assert bus.startswith(f"arn:aws:events:{other}:")
    assert bus.endswith(":event-bus/payments-events-test")


def test_P24_a_service_calls_a_function_for_one_resource_only(resources):
    permissions = [r.body for r in resources if r.type == "aws_lambda_permission"]
    assert permissions
    assert all(permission["source_arn"].startswith("${") for permission in permissions)


def test_P24_a_keys_policy_opens_it_to_strangers_only_through_a_service(resources):
    for key in (resource for resource in resources if resource.type == "aws_kms_key"):
        for statement in json.loads(key.body["policy"])["Statement"]:
            if not statement["Principal"].get("AWS", "").endswith(":root"):
                assert "Condition" in statement, key
