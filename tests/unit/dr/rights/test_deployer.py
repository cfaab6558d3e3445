"""The deployer of every system may do what its stacks ask for, what takes it away again, and little more."""

import fnmatch
import json
import re

import pytest

from dr.rights.deployer import LONGEST, MOST, rights
from dr.rights.services import OWN_ROLES, linked, passed_to
from gates.requests import variants
from lib.iam import policy
from lib.settings.label import LABEL_LIMIT

from .asked import ACCOUNT, action, actions, having, operations, shown, taken_away

UNDONE_BY_ITS_OWNER = {
    "ecs:PutClusterCapacityProviders": "goes with its cluster",
    "ecs:RegisterTaskDefinition": "is deregistered",
}
NOT_ASKED_FOR = {
    "dynamodb:CreateGlobalTableWitness": "version 6 of the provider makes strong tables so",
    "dynamodb:CreateTableReplica": "AWS asks for it where a table gets a replica",
    "ec2:CreateInternetGateway": "comes before it is attached",
    "ec2:CreateTags": "whatever is made gets its tags",
    "elasticloadbalancing:CreateWebACLAssociation": "a firewall before a balancer is asked of WAF",
    "iam:CreateInstanceProfile": "comes before its role is added",
    "iam:CreatePolicyVersion": "a policy that changes gets another version",
    "iam:CreateServiceLinkedRole": "services make their own roles with it",
    "kms:CreateGrant": "services that encrypt with a key ask for grants",
    "lambda:CreateFunction": "Synthetics makes the function of a canary with it",
    "logs:CreateLogDelivery": "services deliver logs with it",
    "autoscaling:CreateOrUpdateTags": "tags of a group that changes",
    "ec2:CreateLaunchTemplateVersion": "a template that changes gets another version",
    "rds:CreateDBClusterSnapshot": "the last destroy of a protected environment leaves one",
    "rds:CreateDBSnapshot": "the last destroy of a protected environment leaves one",
}
"""Actions that make something and stand in no request of ours."""


def with_(settings, **changes):
    return settings.model_copy(update=changes)


def bounded(settings):
    access = settings.access.model_copy(update={"permissions_boundary": "organisation/boundary"})
    return with_(settings, access=access)


def test_whatever_the_stacks_ask_for_is_allowed(deployer):
    asked = {action(*one) for one in operations(deployer.types)}
    assert asked - actions(deployer.statements) == set()


def test_whatever_is_made_may_be_taken_away(deployer):
    may = actions(deployer.statements)
    undone = {one: taken_away(*one) for one in operations(deployer.types)}
    assert {one: wanted for one, wanted in undone.items() if wanted and wanted not in may} == {}
    assert not [one for one, wanted in undone.items() if not wanted and one[1].startswith("Create")]


def test_nothing_is_made_that_the_system_has_no_use_for(deployer):
    asked = {action(*one) for one in operations(deployer.types)}
    makes = {one for one in actions(deployer.statements) if ":Create" in one}
    assert makes - asked - NOT_ASKED_FOR.keys() == set()


def test_every_document_fits_into_a_managed_policy_and_all_of_them_onto_one_role(deployer):
    longest = with_(bounded(deployer.settings), system="s" * LABEL_LIMIT)
    documents = rights(longest, ACCOUNT)
    assert {name: size for name, one in documents.items() if (size := length(one)) > LONGEST} == {}
    assert len(documents) + 1 <= MOST  # the doctor's is the other one


def length(document):
    return len(re.sub(r"\s", "", policy(document)))


def test_nothing_is_done_in_other_regions(deployer):
    (deny,) = [one for one in deployer.statements if one["Effect"] == "Deny"]
    allowed = sorted({*deployer.settings.places, "us-east-1", "us-east-2"})
    assert deny["Condition"] == {"StringNotEquals": {"aws:RequestedRegion": allowed}}


def test_no_action_is_a_pattern(deployer):
    assert not [name for name in actions(deployer.statements) if "*" in name]


@pytest.mark.parametrize("name", ["iam:CreateRole", "iam:PutRolePolicy", "iam:AttachRolePolicy"])
def test_with_a_boundary_no_role_gets_rights_without_it(deployer, name):
    assert all("Condition" not in one for one in having(deployer.statements, name))
    (one,) = having(shown(rights(bounded(deployer.settings), ACCOUNT)), name)
    boundary = f"arn:aws:iam::{ACCOUNT}:policy/organisation/boundary"
    assert one["Condition"] == {"StringEquals": {"iam:PermissionsBoundary": boundary}}


def test_roles_are_passed_to_the_services_that_they_trust_and_to_no_other(deployer):
    trusted = {
        service
        for body in deployer.bodies["aws_iam_role"]
        for one in json.loads(body["assume_role_policy"])["Statement"]
        for service in [one["Principal"].get("Service", ())]
        if service
    }
    assert trusted == set(passed_to(deployer.settings))
    (one,) = having(deployer.statements, "iam:PassRole")
    assert one["Condition"] == {"StringEquals": {"iam:PassedToService": sorted(trusted)}}
    assert one["Resource"] == [f"arn:aws:iam::{ACCOUNT}:role/{deployer.name}-*"]


OF_TYPES = {
    "aws_autoscaling_group": "autoscaling.amazonaws.com",
    "aws_backup_plan": "backup.amazonaws.com",
    "aws_appautoscaling_target": "ecs.application-autoscaling.amazonaws.com",
    "aws_apigatewayv2_domain_name": "ops.apigateway.amazonaws.com",
    "aws_backup_restore_testing_plan": "restore-testing.backup.amazonaws.com",
    "aws_db_subnet_group": "rds.amazonaws.com",
    "aws_ecs_service": "ecs.amazonaws.com",
    "aws_lb": "elasticloadbalancing.amazonaws.com",
}
"""Types whose service acts with a role of its own."""


def test_services_that_the_system_uses_may_make_their_own_roles_and_no_other(deployer):
    delegated = variants.settings_of(deployer.name, (variants.OPTIONS[deployer.name],))
    wanted = {service for type_, service in OF_TYPES.items() if type_ in deployer.types}
    if any("replica" in body for body in deployer.bodies["aws_dynamodb_table"]):
        wanted.add("replication.dynamodb.amazonaws.com")
    assert set(linked(delegated)) == wanted
    (one,) = having(shown(rights(delegated, ACCOUNT)), "iam:CreateServiceLinkedRole")
    assert one["Condition"] == {"StringEquals": {"iam:AWSServiceName": sorted(wanted)}}
    assert one["Resource"] == [
        f"arn:aws:iam::{ACCOUNT}:role/aws-service-role/{service}/{OWN_ROLES[service]}"
        for service in sorted(wanted)
    ]


@pytest.mark.parametrize(
    "name",
    [
        "autoscaling:DeleteAutoScalingGroup",
        "cloudtrail:DeleteTrail",
        "dynamodb:DeleteTable",
        "ecs:DeleteService",
        "ecs:RegisterTaskDefinition",
        "iam:AddRoleToInstanceProfile",
        "iam:CreateRole",
        "iam:PassRole",
        "rds:DeleteDBCluster",
        "rds:DeleteDBInstance",
        "s3:DeleteObjectVersion",
        "wafv2:DeleteWebACL",
    ],
)
def test_what_has_a_name_is_touched_by_its_name_only(deployer, name):
    places = [place for one in having(deployer.statements, name) for place in one["Resource"]]
    others = ("arn:aws:x:us-east-1:123456789012:other-y", "arn:aws:s3:::other-y/z")
    assert not [place for place in places for other in others if fnmatch.fnmatch(other, place)]
    assert all(
        deployer.name in place or deployer.settings.dns.domain in place or ":og:" in place
        for place in places
        if "/managedruleset/" not in place
    )


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("application-autoscaling:TagResource", "aws:RequestTag/System"),
        ("ec2:CreateLaunchTemplate", "aws:RequestTag/System"),
        ("ec2:DeleteLaunchTemplate", "aws:ResourceTag/System"),
        ("ec2:DeleteVpc", "aws:ResourceTag/System"),
        ("elasticloadbalancing:CreateLoadBalancer", "aws:RequestTag/System"),
        ("elasticloadbalancing:DeleteLoadBalancer", "aws:ResourceTag/System"),
        ("elasticloadbalancing:DeleteTargetGroup", "aws:ResourceTag/System"),
        ("kms:CreateKey", "aws:RequestTag/System"),
        ("kms:ScheduleKeyDeletion", "aws:ResourceTag/System"),
        ("servicediscovery:CreatePrivateDnsNamespace", "aws:RequestTag/System"),
        ("servicediscovery:CreateService", "aws:RequestTag/System"),
        ("servicediscovery:DeleteNamespace", "aws:ResourceTag/System"),
        ("servicediscovery:DeleteService", "aws:ResourceTag/System"),
        ("synthetics:CreateCanary", "aws:RequestTag/System"),
        ("synthetics:DeleteCanary", "aws:ResourceTag/System"),
    ],
)
def test_what_has_an_id_of_aws_is_touched_with_the_tag_of_its_system_only(deployer, name, key):
    for one in having(deployer.statements, name):
        assert one["Condition"] == {"StringEquals": {key: deployer.name}}


def test_instances_are_launched_from_templates_of_the_system_and_containers_scaled_only(deployer):
    for one in having(deployer.statements, "ec2:RunInstances"):
        (place, *_) = one["Resource"]
        from_template = {"ArnLike": {"ec2:LaunchTemplate": f"arn:aws:ec2:*:{ACCOUNT}:launch-template/*"}}
        of_system = {"StringEquals": {"aws:ResourceTag/System": deployer.name}}
        assert one["Condition"] == (of_system if "launch-template" in place else from_template)
    for one in having(deployer.statements, "application-autoscaling:RegisterScalableTarget"):
        of_ecs = {"application-autoscaling:service-namespace": "ecs"}
        assert one["Condition"] == {"StringEquals": of_ecs}


def test_without_a_bucket_for_states_and_without_an_api_neither_is_reached():
    whole = variants.settings_of("payments", ({"state": {"bucket": "states", "region": "us-east-2"}},))
    bare = with_(whole, state=None, api=None)
    names = [
        {
            place
            for one in json.loads(policy(rights(each, ACCOUNT)["deploy-data"]))["Statement"]
            for place in one["Resource"]
        }
        for each in (whole, bare)
    ]
    assert names[0] - names[1] == {
        "arn:aws:s3:::states",
        "arn:aws:s3:::states/payments/*",
        f"arn:aws:secretsmanager:*:{ACCOUNT}:secret:payments/api-key-??????",
    }
