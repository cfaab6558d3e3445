import json

import pytest

from lib.iam import Allow, Deny, outside, policy, tls_only, trust, trust_roles


def test_a_statement_says_what_may_be_done_to_what():
    document = json.loads(policy([Allow(("s3:GetObject",), ("arn:aws:s3:::b/*",))]))
    assert document["Statement"] == [
        {"Effect": "Allow", "Action": ["s3:GetObject"], "Resource": ["arn:aws:s3:::b/*"]}
    ]


def test_a_condition_and_a_principal_are_rendered():
    statement = Allow(
        ("kms:Decrypt",),
        ("arn:key",),
        when={"StringEquals": {"kms:CallerAccount": "1"}},
        principal={"Service": "logs.amazonaws.com"},
    ).render()
    assert statement["Condition"] == {"StringEquals": {"kms:CallerAccount": "1"}}
    assert statement["Principal"] == {"Service": "logs.amazonaws.com"}


@pytest.mark.parametrize(
    ("actions", "resources"),
    [(("rds:FailoverGlobalCluster",), ("*",)), (("s3:*",), ("arn:b",)), (("*",), ("*",))],
)
def test_a_star_needs_a_reason(actions, resources):
    with pytest.raises(ValueError, match="why_any"):
        Allow(actions, resources)
    assert Allow(actions, resources, why_any="a reason").actions == actions


@pytest.mark.parametrize(("actions", "resources"), [((), ("arn:b",)), (("s3:GetObject",), ())])
def test_an_empty_statement_is_a_mistake(actions, resources):
    with pytest.raises(ValueError, match="needs actions and resources"):
        Allow(actions, resources)


def test_trust_names_one_service():
    (statement,) = json.loads(trust("lambda"))["Statement"]
    assert statement["Principal"] == {"Service": "lambda.amazonaws.com"}
    assert statement["Action"] == "sts:AssumeRole"


def test_P08_whatever_is_outside_the_regions_is_denied_but_services_without_one():
    (statement,) = json.loads(policy([outside("eu-west-1", "eu-west-2")]))["Statement"]
    assert (statement["Effect"], statement["Resource"]) == ("Deny", ["*"])
    assert statement["Condition"] == {"StringNotEquals": {"aws:RequestedRegion": ["eu-west-1", "eu-west-2"]}}
    assert {"iam:*", "sts:*", "route53:*", "cloudfront:*"} <= set(statement["NotAction"])
    assert "Action" not in statement


def test_what_may_leave_the_region_is_named():
    (statement,) = json.loads(policy([outside("eu-west-1", but=("rds:SwitchoverGlobalCluster",))]))[
        "Statement"
    ]
    assert "rds:SwitchoverGlobalCluster" in statement["NotAction"]


def test_a_denial_in_the_policy_of_a_resource_names_whom_it_is_for():
    statement = Deny(actions=("sns:Publish",), resources=("arn:t",), when={}, principal="*").render()
    assert (statement["Principal"], statement["Action"]) == ("*", ["sns:Publish"])
    assert "NotAction" not in statement


@pytest.mark.parametrize(("actions", "but"), [((), ()), (("a:B",), ("c:*",))])
def test_a_denial_says_either_what_or_what_not(actions, but):
    with pytest.raises(ValueError, match="say what is denied"):
        Deny(actions=actions, but=but, resources=("*",), when={})


def test_P08_roles_are_trusted_with_an_external_id_in_some_regions():
    document = trust_roles(["arn:one", "arn:two"], external_id="known", regions=["eu-west-1"])
    (statement,) = json.loads(document)["Statement"]
    assert statement["Principal"] == {"AWS": ["arn:one", "arn:two"]}
    assert statement["Condition"]["StringEquals"] == {
        "sts:ExternalId": "known",
        "aws:RequestedRegion": ["eu-west-1"],
    }


def test_what_nobody_may_do_is_denied_to_everybody():
    assert Deny(
        actions=("backup:DeleteRecoveryPoint",), resources=("arn:vault",), principal="*"
    ).render() == {
        "Effect": "Deny",
        "Principal": "*",
        "Action": ["backup:DeleteRecoveryPoint"],
        "Resource": ["arn:vault"],
    }


def test_plain_text_is_denied():
    (statement,) = json.loads(policy([tls_only(("sqs:*",), ("arn:queue",))]))["Statement"]
    assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    assert (statement["Effect"], statement["Action"]) == ("Deny", ["sqs:*"])
