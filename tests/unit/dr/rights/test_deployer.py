"""The deployer may do what the stacks ask for, what takes it away again, and nothing in other regions."""

import fnmatch
import json
import re

import pytest

from dr.rights.deployer import LONGEST, rights
from gates.requests.types import CALLS
from lib.iam import policy
from lib.systems.load import load_settings

from .asked import ACCOUNT, CONTAINERS, action, actions, operations, shown, taken_away, types

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
"""Types that payments has none of, and no document yet."""


OPERATIONS = sorted(operations(CALLS.keys() - ELSEWHERE - CONTAINERS))


def settings(boundary=""):
    document = load_settings(
        {"TERRAFORM_STATE_BUCKET": "states", "TERRAFORM_STATE_BUCKET_REGION": "us-east-2"}
    )
    access = document.access.model_copy(update={"permissions_boundary": boundary or None})
    return document.model_copy(update={"access": access})


def statements(boundary=""):
    return shown(rights(settings(boundary), ACCOUNT))


def allowed():
    return actions(statements())


def test_a_type_that_payments_has_none_of_is_in_no_document_of_its_deployer(stacks):
    assert not types(stacks) & (ELSEWHERE | CONTAINERS)
    assert not allowed() & {action(*one) for one in operations(CONTAINERS)}


@pytest.mark.parametrize(("service", "operation"), OPERATIONS)
def test_whatever_the_stacks_ask_for_is_allowed(service, operation):
    assert action(service, operation) in allowed()


@pytest.mark.parametrize(("service", "operation"), OPERATIONS)
def test_whatever_is_made_may_be_taken_away(service, operation):
    if wanted := taken_away(service, operation):
        assert wanted in allowed()
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
