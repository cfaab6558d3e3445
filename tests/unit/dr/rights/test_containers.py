"""The document for containers, canary and trail allows what these ask for, of their system only."""

import re

import pytest

from dr.rights.containers import rights
from dr.rights.deployer import LONGEST
from lib.iam import policy
from lib.systems.load import load_any

from .asked import ACCOUNT, CONTAINERS, action, actions, operations, shown, taken_away, types

OPERATIONS = sorted(operations(CONTAINERS))


def of_containers():
    return rights(load_any({"SYSTEM": "single-region"}), ACCOUNT)


def test_the_single_region_system_has_every_type_of_the_document_for_containers(single_region):
    assert types(single_region) >= CONTAINERS


@pytest.mark.parametrize(("service", "operation"), OPERATIONS)
def test_whatever_containers_ask_for_is_allowed_and_may_be_taken_away(service, operation):
    may = actions(shown(of_containers()))
    assert action(service, operation) in may
    assert operation == "PutClusterCapacityProviders" or taken_away(service, operation) in may


@pytest.mark.parametrize(
    "name", ["ecs:DeleteService", "ecs:RegisterTaskDefinition", "cloudtrail:DeleteTrail", "iam:PassRole"]
)
def test_containers_and_trails_are_touched_by_the_name_of_their_system_only(name):
    (one,) = [one for one in shown(of_containers()) if name in one.get("Action", ())]
    assert all("/single-region-" in place for place in one["Resource"])


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("servicediscovery:CreatePrivateDnsNamespace", "aws:RequestTag/System"),
        ("servicediscovery:CreateService", "aws:RequestTag/System"),
        ("servicediscovery:DeleteNamespace", "aws:ResourceTag/System"),
        ("servicediscovery:DeleteService", "aws:ResourceTag/System"),
        ("synthetics:CreateCanary", "aws:RequestTag/System"),
        ("synthetics:DeleteCanary", "aws:ResourceTag/System"),
    ],
)
def test_what_has_an_id_of_aws_is_touched_with_the_tag_of_its_system_only(name, key):
    (one,) = [one for one in shown(of_containers()) if name in one.get("Action", ())]
    assert one["Condition"] == {"StringEquals": {key: "single-region"}}


def test_containers_are_scaled_and_roles_are_handed_on_for_nothing_else():
    conditions = {
        name: one.get("Condition") for one in shown(of_containers()) for name in one.get("Action", ())
    }
    of_ecs = {"application-autoscaling:service-namespace": "ecs"}
    assert conditions["application-autoscaling:RegisterScalableTarget"] == {"StringEquals": of_ecs}
    services = ["ecs-tasks.amazonaws.com", "lambda.amazonaws.com"]
    assert conditions["iam:PassRole"] == {"StringEquals": {"iam:PassedToService": services}}


def test_a_deploy_of_containers_stays_in_its_region():
    (deny,) = [one for one in shown(of_containers()) if one["Effect"] == "Deny"]
    assert deny["Condition"] == {"StringNotEquals": {"aws:RequestedRegion": ["us-east-1"]}}


def test_the_document_fits_into_a_managed_policy_and_names_no_pattern_of_actions():
    (document,) = of_containers().values()
    assert len(re.sub(r"\s", "", policy(document))) <= LONGEST
    assert not [name for name in actions(shown(of_containers())) if "*" in name]
