"""D50 to D54: the roles that must be there, and what these credentials may do."""

import fnmatch
import json

import pytest

from dr.doctor.aws import Unanswered
from dr.rights.deployer import rights
from dr.rules import Verdict
from lib.iam import policy

from .account_world import ACCOUNT, EAST


def test_service_linked_roles_that_are_there_ask_for_no_right(aws, passes):
    aws.may = "implicitDeny"
    assert passes("D50")
    assert "simulate_principal_policy" not in [operation for _, _, operation, _ in aws.asked]


@pytest.mark.parametrize("decision", ["implicitDeny", "explicitDeny"])
def test_a_missing_service_linked_role_fails_where_a_boundary_forbids_it(aws, passes, problem, decision):
    aws.roles.remove("AWSServiceRoleForBackup")
    assert passes("D50")
    aws.may = decision
    assert problem("D50") == "backup.amazonaws.com has no role yet, and these credentials may not make it"
    (asked,) = [asked for *_, operation, asked in aws.asked[-1:] if operation == "simulate_principal_policy"]
    assert asked["PolicySourceArn"] == f"arn:aws:iam::{ACCOUNT}:role/deployer"


def test_a_user_is_asked_about_under_its_own_name_and_root_not_at_all(aws, passes):
    aws.roles.clear()
    aws.caller = f"arn:aws:iam::{ACCOUNT}:user/me"
    assert passes("D50")
    assert {a["PolicySourceArn"] for *_, op, a in aws.asked if op == "simulate_principal_policy"} == {
        aws.caller
    }
    aws.caller, aws.may = f"arn:aws:iam::{ACCOUNT}:root", "implicitDeny"
    assert passes("D50")


def test_a_delegated_name_of_an_api_needs_the_role_of_api_gateway_too(aws, changed, passes, problem):
    aws.may = "implicitDeny"
    aws.roles.remove("AWSServiceRoleForAPIGateway")
    assert passes("D50")
    assert problem("D50", changed(dns={"delegated": True})).startswith("ops.apigateway.amazonaws.com has no")


@pytest.mark.parametrize(
    "case",
    [
        ("trading", "AWSServiceRoleForElasticLoadBalancing", "elasticloadbalancing"),
        ("webapp", "AWSServiceRoleForAutoScaling", "autoscaling"),
        ("single-region", "AWSServiceRoleForECS", "ecs"),
    ],
)
def test_every_system_needs_the_roles_of_its_services(aws, of_system, problem, case):
    system, role, service = case
    aws.may = "implicitDeny"
    aws.roles.remove(role)
    assert problem("D50", of_system(system)).startswith(f"{service}.amazonaws.com has no role yet")


def test_what_the_settings_name_in_iam_is_there(aws, changed, passes, problem):
    named = changed(access={"permissions_boundary": "limits"}, approvals={"roles": ("on-call",)})
    assert problem("D52", named) == "there is no role on-call; there is no policy limits"
    aws.roles.add("on-call")
    aws.policies.add(f"arn:aws:iam::{ACCOUNT}:policy/limits")
    assert passes("D52", named)
    assert passes("D52")


def simulations(aws):
    return [asked for *_, operation, asked in aws.asked if operation == "simulate_principal_policy"]


def test_D54_whoever_may_do_all_that_a_deploy_does_passes(aws, passes):
    assert passes("D54")
    assert {one["PolicySourceArn"] for one in simulations(aws)} == {f"arn:aws:iam::{ACCOUNT}:role/deployer"}


def test_D54_names_every_action_that_is_missing(aws, problem):
    aws.forbidden = {"rds:CreateDBCluster", "iam:PassRole"}
    assert problem("D54") == "these credentials may not iam:PassRole, rds:CreateDBCluster"


def test_D54_asks_nothing_about_root(aws, passes):
    aws.caller, aws.may = f"arn:aws:iam::{ACCOUNT}:root", "implicitDeny"
    assert passes("D54")
    assert simulations(aws) == []


def test_D54_is_unknown_where_nothing_may_be_simulated(aws, found):
    aws.silent.add(("iam", "simulate_principal_policy"))
    assert found("D54")["account"].verdict is Verdict.UNKNOWN


def test_D54_asks_for_fewer_at_once_where_iam_does_not_take_them_together(aws, problem):
    """IAM refuses some actions beside others: InvalidInput, different authorization information."""
    aws.forbidden, together = {"dynamodb:CreateTable"}, aws._simulated

    def simulated(actions):
        if {"dynamodb:CreateTable", "dynamodb:Query"} <= set(actions):
            raise Unanswered("iam simulate_principal_policy in us-east-1: InvalidInput")
        return together(actions)

    aws._simulated = simulated
    assert problem("D54") == "these credentials may not dynamodb:CreateTable"


def test_D54_takes_an_action_as_allowed_that_is_allowed_on_one_of_the_things(aws, passes):
    aws._simulated = lambda actions: {
        "EvaluationResults": [
            {
                "EvalActionName": action,
                "EvalDecision": "implicitDeny",
                "ResourceSpecificResults": [
                    {"EvalResourceName": "a", "EvalResourceDecision": "explicitDeny"},
                    {"EvalResourceName": "b", "EvalResourceDecision": "allowed"},
                ],
            }
            for action in actions
        ]
    }
    assert passes("D54")


def holds(statement, context):
    return all(
        context.get(key) in ([wanted] if isinstance(wanted, str) else wanted)
        for keys in statement.get("Condition", {}).values()
        for key, wanted in keys.items()
    )


@pytest.mark.parametrize("boundary", [None, "limits"])
def test_D54_asks_what_the_policies_of_the_page_allow(aws, changed, passes, boundary):
    settings = changed(access={"permissions_boundary": boundary})
    assert passes("D54", settings)
    documents = rights(settings, ACCOUNT).values()
    statements = [one for each in documents for one in json.loads(policy(each))["Statement"]]
    allows = [one for one in statements if one["Effect"] == "Allow"]
    for asked in simulations(aws):
        context = {one["ContextKeyName"]: one["ContextKeyValues"][0] for one in asked["ContextEntries"]}
        assert context["aws:RequestedRegion"] == EAST
        for action in asked["ActionNames"]:
            for arn in asked["ResourceArns"]:
                assert [
                    one
                    for one in allows
                    if action in one["Action"]
                    and any(fnmatch.fnmatchcase(arn, place) for place in one["Resource"])
                    and holds(one, context)
                ], (action, arn)
    told = {action for asked in simulations(aws) for action in asked["ActionNames"]}
    assert told == {action for one in allows for action in one["Action"]}
