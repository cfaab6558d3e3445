"""P08, P09: who may act on both regions, where nobody may act, and keys that pass through."""

import json

import pytest

from lib.facts import aws_facts
from tests.unit.synthesized import synthesize

REGIONS = ["us-east-1", "us-west-2"]


@pytest.fixture(scope="module")
def world(stacks):
    return stacks["world"]


@pytest.fixture(scope="module")
def statements(world):
    (policy,) = [p for p in world.all("aws_iam_role_policy") if p["name"] == "payments-automation-test"]
    return json.loads(policy["policy"])["Statement"]


def test_P08_only_the_functions_that_fail_over_may_take_the_automation_role(world, stacks):
    (trust,) = json.loads(world.by("aws_iam_role", "name")["payments-automation-test"]["assume_role_policy"])[
        "Statement"
    ]
    assert trust["Action"] == "sts:AssumeRole"
    trusted = [arn.rpartition("role/")[2] for arn in trust["Principal"]["AWS"]]
    assert trusted == ["payments-steps-use1-test", "payments-steps-usw2-test"]
    for code, name in zip(("use1", "usw2"), trusted, strict=True):
        assert name in {role["name"] for role in stacks[code].all("aws_iam_role")}
        failing_over = json.loads(stacks[code].by("aws_iam_role_policy", "name")[name]["policy"])
        assert "rds:FailoverGlobalCluster" in json.dumps(failing_over)
    assert trust["Condition"] == {
        "StringEquals": {"sts:ExternalId": "payments-automation-test", "aws:RequestedRegion": REGIONS}
    }


def test_P08_the_automation_role_acts_on_named_things_in_our_regions_only(statements):
    *allowed, denied = statements
    for statement in allowed:
        assert statement["Effect"] == "Allow"
        assert statement["Condition"] == {"StringEquals": {"aws:RequestedRegion": REGIONS}}
        assert "*" not in "".join(statement["Action"])
        assert "*" not in statement["Resource"]
    assert denied["Condition"] == {"StringNotEquals": {"aws:RequestedRegion": REGIONS}}


def test_P08_what_the_automation_role_names_is_what_the_stacks_create(statements, stacks):
    named = {resource.split(":", 5)[-1] for s in statements[:-1] for resource in s["Resource"]}
    clusters = {stacks[c].only("aws_rds_cluster")["cluster_identifier"] for c in ("use1", "usw2")}
    machine = stacks["use1"].only("aws_sfn_state_machine")["name"]
    container = stacks["foundation"].only("aws_rds_global_cluster")["global_cluster_identifier"]
    assert named == {
        *(f"cluster:{cluster}" for cluster in clusters),
        f"global-cluster:{container}",
        f"stateMachine:{machine}",
        f"execution:{machine}:*",
        "table/payments-lease-test",
    }


def test_P08_no_function_leaves_its_region_whatever_it_may_do(region):
    (provider,) = region.document["provider"]["aws"]
    policies = region.by("aws_iam_role_policy", "name")
    for function in region.by("aws_lambda_function", "function_name"):
        (policy,) = [
            p["policy"] for name, p in policies.items() if name.split("-")[1] == function.split("-")[1]
        ]
        denied = [s for s in json.loads(policy)["Statement"] if s["Effect"] == "Deny"]
        assert [s["Condition"] for s in denied] == [
            {"StringNotEquals": {"aws:RequestedRegion": [provider["region"]]}}
        ]
        assert {"iam:*", "route53:*", "sts:*"} <= set(denied[0]["NotAction"])


def test_P08_no_role_exceeds_the_boundary_that_the_organisation_names(settings, functions, tmp_path, stacks):
    named = settings.access.model_copy(update={"permissions_boundary": "ceiling"})
    bounded = synthesize(settings.model_copy(update={"access": named}), functions, tmp_path)
    roles = [r for stack in bounded.values() for r in stack.resources() if r.type == "aws_iam_role"]
    assert len(roles) == 19
    assert all(role.body["permissions_boundary"].endswith(":policy/ceiling") for role in roles)
    assert not any("permissions_boundary" in role for role in stacks["use1"].all("aws_iam_role"))


def test_P09_the_api_key_is_a_secure_string_that_no_state_holds(region):
    parameter = region.by("aws_ssm_parameter", "name")["/payments-test/api/key"]
    assert parameter["type"] == "SecureString"
    assert parameter["key_id"].startswith("${aws_kms_key.")
    assert parameter["value_wo"] == "${ephemeral.aws_secretsmanager_secret_version.api-key.secret_string}"
    assert parameter["value_wo_version"] == 1
    assert not {"value", "insecure_value"} & parameter.keys()
    assert region.document["ephemeral"]["aws_secretsmanager_secret_version"]["api-key"] == {
        "secret_id": "payments/api-key"
    }


def test_P09_parameters_are_of_the_same_kind_in_both_regions(stacks):
    kinds = [
        {name: p["type"] for name, p in stacks[code].by("aws_ssm_parameter", "name").items()}
        for code in ("use1", "usw2")
    ]
    assert kinds[0] == kinds[1]


def test_the_region_of_health_metrics_is_one_that_we_know():
    assert aws_facts().health_metrics_region in aws_facts().regions


def test_the_api_takes_no_more_than_the_settings_say(region, settings):
    limits = region.only("aws_apigatewayv2_stage")["default_route_settings"]
    assert limits["throttling_rate_limit"] == settings.api.rate_limit == 500
    assert limits["throttling_burst_limit"] == settings.api.burst_limit == 1000
