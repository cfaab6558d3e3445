"""The deployer may do what the stacks ask for, what takes it away again, and nothing in other regions."""

import fnmatch
import json
import re

import pytest

from dr.rights.deployer import LONGEST, rights
from gates.requests.types import CALLS
from lib.iam import policy
from lib.systems.load import load_settings
from tests.unit import emulated

ACCOUNT = "123456789012"
PREFIXES = {"apigatewayv2": "apigateway", "stepfunctions": "states"}
OTHERWISE = {
    "s3:DeletePublicAccessBlock": "s3:PutBucketPublicAccessBlock",
    "s3:PutPublicAccessBlock": "s3:PutBucketPublicAccessBlock",
}
"""Operations whose action has another name."""
ELSEWHERE = frozenset(
    f"aws_{name}"
    for name in (
        "autoscaling_group",
        "autoscaling_lifecycle_hook",
        "autoscaling_policy",
        "db_instance",
        "db_parameter_group",
        "iam_instance_profile",
        "launch_template",
        "lb",
        "lb_listener",
        "lb_target_group",
        "s3_bucket_lifecycle_configuration",
        "s3_bucket_replication_configuration",
        "s3_bucket_server_side_encryption_configuration",
        "s3_bucket_website_configuration",
        "wafv2_web_acl",
        "wafv2_web_acl_association",
    )
)
"""Types that only a system in one region has."""
OPERATIONS = sorted(
    {(call.service, call.operation) for type_ in CALLS.keys() - ELSEWHERE for call in CALLS[type_]}
)
UNMADE = {
    "AcceptVpcPeeringConnection": "DeleteVpcPeeringConnection",
    "AllocateAddress": "ReleaseAddress",
    "AssociateRouteTable": "DisassociateRouteTable",
    "AttachInternetGateway": "DetachInternetGateway",
    "AttachRolePolicy": "DetachRolePolicy",
    "AddPermission": "RemovePermission",
    "AuthorizeSecurityGroupEgress": "RevokeSecurityGroupEgress",
    "AuthorizeSecurityGroupIngress": "RevokeSecurityGroupIngress",
    "CreateVpcEndpoint": "DeleteVpcEndpoints",
    "CreateKey": "ScheduleKeyDeletion",
    "PutCompositeAlarm": "DeleteAlarms",
    "PutDashboard": "DeleteDashboards",
    "PutMetricAlarm": "DeleteAlarms",
    "PutPermission": "RemovePermission",
    "PutTargets": "RemoveTargets",
    "RequestCertificate": "DeleteCertificate",
    "StartConfigurationRecorder": "StopConfigurationRecorder",
    "Subscribe": "Unsubscribe",
}


def settings(boundary=""):
    document = load_settings(
        {"TERRAFORM_STATE_BUCKET": "states", "TERRAFORM_STATE_BUCKET_REGION": "us-east-2"}
    )
    access = document.access.model_copy(update={"permissions_boundary": boundary or None})
    return document.model_copy(update={"access": access})


def statements(boundary=""):
    return [
        statement
        for document in rights(settings(boundary), ACCOUNT).values()
        for statement in json.loads(policy(document))["Statement"]
    ]


def allowed():
    return {name for one in statements() if one["Effect"] == "Allow" for name in one["Action"]}


def action(service, operation):
    prefix = PREFIXES.get(service, service)
    if prefix == "apigateway":
        model = emulated.model(service).operation_model(operation)
        return f"apigateway:{model.http['method']}"
    return OTHERWISE.get(f"{prefix}:{operation}", f"{prefix}:{operation}")


def test_a_system_in_two_regions_has_none_of_the_types_that_are_elsewhere(stacks):
    assert not {type_ for stack in stacks.values() for type_ in stack.document["resource"]} & ELSEWHERE


@pytest.mark.parametrize(("service", "operation"), OPERATIONS)
def test_whatever_the_stacks_ask_for_is_allowed(service, operation):
    assert action(service, operation) in allowed()


@pytest.mark.parametrize(("service", "operation"), OPERATIONS)
def test_whatever_is_made_may_be_taken_away(service, operation):
    model = emulated.model(service)
    wanted = UNMADE.get(operation, re.sub(r"^(Create|Put)", "Delete", operation))
    if wanted in model.operation_names:
        assert action(service, wanted) in allowed()
    else:
        assert not operation.startswith("Create")


def test_every_document_fits_into_a_managed_policy():
    for document in rights(settings(boundary="organisation/boundary"), ACCOUNT).values():
        assert len(re.sub(r"\s", "", policy(document))) <= LONGEST


def test_nothing_is_done_in_other_regions():
    (deny,) = [one for one in statements() if one["Effect"] == "Deny"]
    assert deny["Condition"] == {
        "StringNotEquals": {"aws:RequestedRegion": sorted({"us-east-1", "us-east-2", "us-west-2"})}
    }


def test_no_action_is_a_pattern():
    assert not [name for name in allowed() if "*" in name]


@pytest.mark.parametrize("name", ["iam:CreateRole", "iam:PutRolePolicy", "iam:AttachRolePolicy"])
def test_with_a_boundary_no_role_gets_rights_without_it(name):
    assert all("Condition" not in one for one in statements() if name in one.get("Action", ()))
    (one,) = [one for one in statements("organisation/boundary") if name in one.get("Action", ())]
    boundary = f"arn:aws:iam::{ACCOUNT}:policy/organisation/boundary"
    assert one["Condition"] == {"StringEquals": {"iam:PermissionsBoundary": boundary}}


@pytest.mark.parametrize(
    "name", ["iam:CreateRole", "iam:PassRole", "dynamodb:DeleteTable", "rds:DeleteDBCluster"]
)
def test_what_has_a_name_is_touched_by_its_name_only(name):
    resources = [place for one in statements() if name in one.get("Action", ()) for place in one["Resource"]]
    assert resources
    assert not [
        place for place in resources if fnmatch.fnmatch("arn:aws:x:us-east-1:123456789012:other-y", place)
    ]


def test_without_a_bucket_for_states_and_without_an_api_neither_is_reached():
    whole = rights(settings(), ACCOUNT)
    bare = rights(settings().model_copy(update={"state": None, "api": None}), ACCOUNT)
    gone = [json.loads(policy(one["deploy-data"]))["Statement"] for one in (whole, bare)]
    names = [{place for each in one for place in each.get("Resource", ())} for one in gone]
    assert names[0] - names[1] == {
        "arn:aws:s3:::states",
        "arn:aws:s3:::states/payments/*",
        f"arn:aws:secretsmanager:*:{ACCOUNT}:secret:payments/api-key-??????",
    }


def test_the_network_of_others_is_not_taken_away():
    (one,) = [one for one in statements() if "ec2:DeleteVpc" in one.get("Action", ())]
    assert one["Condition"] == {"StringEquals": {"aws:ResourceTag/System": "payments"}}
