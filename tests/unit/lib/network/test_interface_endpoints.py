"""P17: interface endpoints, where the settings pay for them."""

import json

import pytest

from tests.unit.synthesized import synthesize


@pytest.fixture(scope="module")
def private(settings, functions, tmp_path_factory):
    network = settings.network.model_copy(update={"interface_endpoints": True})
    changed = settings.model_copy(update={"network": network})
    return synthesize(changed, functions, tmp_path_factory.mktemp("private"))


@pytest.fixture(params=["use1", "usw2"])
def stack(request, private):
    return private[request.param]


def allowed_by_roles(stacks):
    """What functions may do, by their own roles and by the one that they assume."""
    return {
        action
        for stack in stacks.values()
        for body in stack.all("aws_iam_role_policy")
        for statement in json.loads(body["policy"])["Statement"]
        if statement["Effect"] == "Allow"
        for action in statement["Action"]
    }


def interfaces(stack):
    return [e for e in stack.all("aws_vpc_endpoint") if e["vpc_endpoint_type"] == "Interface"]


def test_P17_interface_endpoints_are_not_paid_for_unless_asked_for(region):
    assert interfaces(region) == []


def test_P17_what_functions_call_is_reached_inside_the_vpc(stack):
    (provider,) = stack.document["provider"]["aws"]
    services = {
        e["service_name"].removeprefix(f"com.amazonaws.{provider['region']}.") for e in interfaces(stack)
    }
    assert services == {"events", "lambda", "rds", "secretsmanager", "ssm", "states", "sts"}
    for endpoint in interfaces(stack):
        assert endpoint["private_dns_enabled"] is True
        assert len(endpoint["subnet_ids"]) == 3
        assert endpoint["tags"]["Name"].endswith("-test")


def test_P17_an_endpoint_lets_this_account_do_to_our_things_what_functions_do(stack, private):
    functions = allowed_by_roles(private)
    for endpoint in interfaces(stack):
        (statement,) = json.loads(endpoint["policy"])["Statement"]
        assert statement["Principal"] == {"AWS": "*"}
        assert list(statement["Condition"]["StringEquals"]) == ["aws:PrincipalAccount"]
        assert set(statement["Action"]) <= functions
        assert all("payments" in resource for resource in statement["Resource"])


def test_P17_whatever_a_function_calls_of_such_a_service_passes_its_endpoint(stack):
    allowed = {
        action for e in interfaces(stack) for action in json.loads(e["policy"])["Statement"][0]["Action"]
    }
    services = {action.split(":")[0] for action in allowed}
    for name in ("service", "keeper", "steps", "reconciler"):
        (body,) = [p for p in stack.all("aws_iam_role_policy") if f"-{name}-" in p["name"]]
        for statement in json.loads(body["policy"])["Statement"]:
            asked = [a for a in statement.get("Action", []) if a.split(":")[0] in services]
            assert set(asked) <= allowed, name


def test_P17_only_functions_reach_the_endpoints(stack):
    (group,) = [g for g in stack.all("aws_security_group") if g["name"] == "payments-endpoints-test"]
    rules = [
        rule
        for rule in stack.all("aws_vpc_security_group_ingress_rule")
        if "endpoints" in rule["security_group_id"]
    ]
    assert group["description"]
    assert [(r["from_port"], r["to_port"]) for r in rules] == [(443, 443)]
    assert "firewall_functions" in rules[0]["referenced_security_group_id"]
    assert {tuple(e["security_group_ids"]) for e in interfaces(stack)} == {(rules[0]["security_group_id"],)}
