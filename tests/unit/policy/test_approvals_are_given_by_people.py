"""B10: what takes over asks, and whom the settings name approves."""

import json

from failover.approvals import REQUEST
from tests.unit.policy.roles import statements
from tests.unit.synthesized import synthesize


def test_B10_the_takeover_may_ask_but_not_approve(region):
    (writing,) = [
        statement
        for name, statement in statements(region)
        if "-steps-" in name and "dynamodb:PutItem" in statement["Action"]
    ]
    assert writing["Resource"][0].endswith(":table/payments-approvals-test")
    assert writing["Condition"] == {"ForAllValues:StringEquals": {"dynamodb:LeadingKeys": [REQUEST]}}


def test_B10_an_approver_writes_under_its_own_id_only(stacks):
    """AWS puts the caller's id in: what an approver claims in the item is nothing."""
    approver = stacks["world"].only("aws_iam_policy")
    may = json.loads(approver["policy"])["Statement"]
    writing = [one for one in may if "dynamodb:PutItem" in one["Action"]]
    assert {one["Resource"][0].split(":")[3] for one in writing} == {"us-east-1", "us-west-2"}
    for one in writing:
        assert one["Action"] == ["dynamodb:PutItem"]
        # The first dollar is for Terraform: IAM gets ${aws:userid}.
        assert one["Condition"] == {
            "ForAllValues:StringEquals": {"dynamodb:LeadingKeys": ["$${aws:userid}"]},
        }
    assert {action for one in may for action in one["Action"]} == {
        "dynamodb:GetItem",
        "dynamodb:PutItem",
        "dynamodb:Scan",
    }
    assert approver["name"] == "payments-approver-test"
    assert stacks["world"].all("aws_iam_role_policy_attachment") == []


def test_B10_the_roles_that_the_settings_name_may_approve(settings, functions, tmp_path):
    approvals = settings.approvals.model_copy(update={"roles": ("on-call", "owner")})
    world = synthesize(settings.model_copy(update={"approvals": approvals}), functions, tmp_path)["world"]
    attached = world.all("aws_iam_role_policy_attachment")
    assert {one["role"] for one in attached} == {"on-call", "owner"}
    assert len({one["policy_arn"] for one in attached}) == 1
