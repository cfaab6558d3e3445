"""Rights that would not do what they say are found, and rights that AWS's samples have and ours lack."""

import json
from dataclasses import replace
from functools import partial

import pytest

from gates.authorization import reference
from gates.authorization.globs import overlap, same_arn
from gates.authorization.judge import judge
from gates.authorization.samples import Sample, samples
from tests.unit.gates.excerpt import EXCERPT

ACCOUNT = "123456789012"
GLOBAL = f"arn:aws:rds::{ACCOUNT}:global-cluster:ledger"
MEMBERS = [f"arn:aws:rds:{region}:{ACCOUNT}:cluster:ledger" for region in ("us-east-1", "us-west-2")]
TABLE = f"arn:aws:dynamodb:us-east-1:{ACCOUNT}:table/lease"
SAMPLE = Sample(
    of="failover",
    source="https://docs.aws.amazon.com",
    where="*.steps_role_policy_*",
    actions=["rds:FailoverGlobalCluster"],
    resources=[GLOBAL, *MEMBERS],
)


@pytest.fixture(autouse=True)
def excerpt(tmp_path, monkeypatch):
    file = tmp_path / "iam-definition.json"
    file.write_text(json.dumps(EXCERPT))
    monkeypatch.setattr(reference, "services", partial(reference.services, file))


def stack(*statements, type_="aws_iam_role_policy", attribute="policy"):
    text = json.dumps(
        {"Version": "2012-10-17", "Statement": [{"Effect": "Allow"} | one for one in statements]}
    )
    return {"use1": {"resource": {type_: {"steps_role_policy_1": {attribute: text}}}}}


def rules(*statements, known=(), **shape):
    return [one.rule for one in judge(stack(*statements, **shape), known)]


@pytest.mark.parametrize(
    ("action", "resource", "found"),
    [
        ("dynamodb:GetItem", TABLE, []),
        ("dynamodb:GetItm", TABLE, ["unknown-action", "idle-resource"]),
        ("rds:DescribeDBClusters", TABLE, ["idle-resource", "idle-action"]),
        ("dynamodb:ListTables", TABLE, ["idle-resource", "idle-action"]),
        ("dynamodb:ListTables", "*", []),
        ("dynamodb:ListTables", ["*", TABLE], ["idle-resource"]),
        ("rds:FailoverGlobalCluster", GLOBAL, ["missing-cluster"]),
        ("rds:FailoverGlobalCluster", MEMBERS, ["missing-global-cluster"]),
        ("rds:FailoverGlobalCluster", [GLOBAL, *MEMBERS], []),
        ("rds:AddRoleToDBCluster", MEMBERS, ["may-need"]),
    ],
)
def test_rights_that_do_not_do_what_they_say_are_found(action, resource, found):
    told = rules({"Action": [action], "Resource": resource})
    assert sorted({rule.partition(" ")[0] for rule in told}) == sorted(found)


@pytest.mark.parametrize(
    ("action", "takes"),
    [
        ("rds:FailoverGlobalCluster", "cluster, global-cluster"),
        ("dynamodb:ListTables", "nothing but *"),
    ],
)
def test_what_an_action_takes_is_told_where_a_statement_names_none_of_it(action, takes):
    told = [one.text for one in judge(stack({"Action": action, "Resource": TABLE}), ())]
    assert f"{action} takes {takes}, and the statement names none" in told


@pytest.mark.parametrize(
    ("key", "found"),
    [
        ("dynamodb:LeadingKeys", []),
        ("aws:RequestedRegion", []),
        ("aws:ResourceTag/System", []),
        ("aws:RequestTag/System", ["idle-key"]),
        ("rds:DatabaseEngine", ["idle-key"]),
    ],
)
def test_a_condition_whose_key_the_action_never_has_is_found(key, found):
    condition = {"StringEquals": {key: "x"}}
    assert rules({"Action": "dynamodb:GetItem", "Resource": TABLE, "Condition": condition}) == found


def test_a_statement_denies_by_keys_that_some_of_its_actions_have():
    condition = {"StringNotEquals": {"kms:ViaService": "x"}}
    deny = {"Effect": "Deny", "NotAction": ["iam:*"], "Resource": "*", "Condition": condition}
    assert rules(deny) == []
    assert rules({"Effect": "Deny", "Action": "dynamodb:GetItem", "Resource": GLOBAL}) == []


def test_the_policy_of_a_resource_speaks_about_that_resource():
    of_the_key = {"Action": "kms:Decrypt", "Resource": "*", "Principal": {"Service": "events.amazonaws.com"}}
    assert rules(of_the_key, type_="aws_kms_key") == []
    assert rules(of_the_key | {"Action": "*", "Resource": TABLE}, type_="aws_kms_key") == []
    assert rules(of_the_key | {"Action": "kms:Decrypt", "Resource": TABLE}, type_="aws_kms_key") == []
    assert rules(of_the_key | {"Action": "kms:Decrpt"}, type_="aws_kms_key") == ["unknown-action"]


def test_a_role_that_lacks_what_the_sample_grants_is_found():
    allow = {"Action": "rds:FailoverGlobalCluster", "Resource": [GLOBAL, MEMBERS[0]]}
    (found,) = judge(stack(allow), [SAMPLE])
    assert found.rule == "sample"
    assert f"rds:FailoverGlobalCluster on {MEMBERS[1]}" in found.text
    everything = allow | {"Resource": [GLOBAL, *MEMBERS]}
    assert rules(everything, known=[SAMPLE]) == []
    assert set(rules(everything | {"Effect": "Deny"}, known=[SAMPLE])) == {"sample"}


def test_a_key_lets_whom_the_sample_lets():
    sample = Sample(
        of="archives",
        source="https://docs.aws.amazon.com",
        where="*.aws_kms_key.policy",
        principal="events.amazonaws.com",
        actions=["kms:Decrypt", "kms:ReEncryptFrom"],
        without={"kms:Decrypt": "a reason"},
    )
    statement = {
        "Action": ["kms:ReEncrypt*"],
        "Resource": "*",
        "Principal": {"Service": "events.amazonaws.com"},
    }
    assert rules(statement, known=[sample], type_="aws_kms_key") == []
    other = statement | {"Principal": {"Service": "sns.amazonaws.com"}}
    assert rules(other, known=[sample], type_="aws_kms_key") == ["sample"]
    too_much = statement | {"Action": ["kms:ReEncrypt*", "kms:Decrypt"]}
    assert rules(too_much, known=[sample], type_="aws_kms_key") == ["sample"]


def test_a_sample_that_is_for_no_document_is_found():
    nowhere = replace(SAMPLE, where="*.nowhere_*")
    assert rules({"Action": "dynamodb:ListTables", "Resource": "*"}, known=[nowhere]) == ["sample"]


def test_a_reference_is_of_the_region_of_its_stack():
    stacks = stack({"Action": "rds:DescribeDBClusters", "Resource": "${aws_rds_cluster.c.arn}"})
    stacks["use1"]["provider"] = {"aws": [{"region": "us-west-2"}]}
    west = Sample(
        of="a member",
        source="https://docs.aws.amazon.com",
        where="*",
        actions=["rds:DescribeDBClusters"],
        resources=["arn:aws:rds:us-west-2:*:cluster:*"],
    )
    assert judge(stacks, [west]) == []


def test_a_sample_of_both_regions_is_of_those_of_the_system():
    sample = replace(SAMPLE, resources=["arn:aws:rds:{region}:*:cluster:*"])
    (body,) = stack({"Action": "rds:FailoverGlobalCluster", "Resource": [GLOBAL, *MEMBERS]}).values()
    first, second, of_another = (
        {"provider": {"aws": [{"region": region}]}} for region in ("us-east-1", "us-east-2", "eu-west-1")
    )
    stacks = {"t:use1": body | first, "t:use2": second, "p:euw1": of_another}
    (found,) = judge(stacks, [sample])
    assert "arn:aws:rds:us-east-2:*:cluster:*" in found.text


def test_every_sample_has_a_source_and_every_omission_a_reason():
    for sample in samples():
        assert sample.source.startswith("https://docs.aws.amazon.com/")
        assert sample.without.keys() <= set(sample.actions)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [("*", "", True), ("a*c", "ab?", True), ("a*", "b*", False), ("", "a", False), ("*a", "b*", True)],
)
def test_patterns_overlap_when_a_text_fits_both(one, other, expected):
    assert overlap(one, other) is expected
    assert overlap(other, one) is expected


def test_an_ARN_of_another_region_is_another():
    assert same_arn("arn:${Partition}:rds::${Account}:global-cluster:${Name}", GLOBAL)
    assert not same_arn("arn:${Partition}:rds::${Account}:global-cluster:${Name}", MEMBERS[0])


@pytest.mark.parametrize(("written", "expected"), [("*", True), ("arn:aws:rds", False)])
def test_a_text_that_is_no_ARN_names_everything_or_nothing(written, expected):
    assert same_arn("arn:${Partition}:rds::${Account}:global-cluster:${Name}", written) is expected
