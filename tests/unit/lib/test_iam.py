import json

import pytest

from lib.iam import Allow, Deny, policy, tls_only, trust


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


def test_what_nobody_may_do_is_denied_to_everybody():
    assert Deny(("backup:DeleteRecoveryPoint",), ("arn:vault",)).render() == {
        "Effect": "Deny",
        "Principal": "*",
        "Action": ["backup:DeleteRecoveryPoint"],
        "Resource": ["arn:vault"],
    }


def test_plain_text_is_denied():
    (statement,) = json.loads(policy([tls_only(("sqs:*",), ("arn:queue",))]))["Statement"]
    assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    assert (statement["Effect"], statement["Action"]) == ("Deny", ["sqs:*"])
