"""Every judge that is a program of its own finds a defect, and passes what is sound. Run by `make gates`."""

import json

import pytest

from gates import checkov, fork, policies, state_machines, workflows
from localcloud.core.terraform import Terraform

WORKFLOW = """
on: push
permissions: {}
concurrency: one
jobs:
  a:
    runs-on: ubuntu-24.04
    timeout-minutes: 5
    steps:
      - run: echo ${{ github.FIELD }}
"""
OPEN_TO_ALL = {
    "type": "ingress",
    "from_port": 22,
    "to_port": 22,
    "protocol": "tcp",
    "cidr_blocks": ["0.0.0.0/0"],
    "security_group_id": "sg-1",
    "description": "ssh",
}


@pytest.mark.parametrize(("blocks", "found"), [(["0.0.0.0/0"], True), (["10.0.0.0/16"], False)])
def test_checkov_finds_a_group_open_to_the_world(tmp_path, blocks, found):
    rule = OPEN_TO_ALL | {"cidr_blocks": blocks}
    stack = {
        "terraform": {"required_version": ">= 1.11"},
        "resource": {"aws_security_group_rule": {"a": rule}},
    }
    assert ("CKV_AWS_24" in {one.rule for one in checkov.judge_stacks({"use1": stack}, tmp_path)}) is found


@pytest.mark.parametrize(("blocks", "found"), [(["0.0.0.0/0"], True), (["10.0.0.0/16"], False)])
def test_checkov_finds_it_in_a_plan_too(tmp_path, blocks, found):
    rule = OPEN_TO_ALL | {"cidr_blocks": blocks}
    address = {"address": "aws_security_group_rule.a", "type": "aws_security_group_rule", "name": "a"}
    known = address | {"mode": "managed", "provider_name": "registry.terraform.io/hashicorp/aws"}
    change = known | {"change": {"actions": ["create"], "before": None, "after": rule}}
    plan = {
        "format_version": "1.2",
        "terraform_version": "1.13.5",
        "planned_values": {"root_module": {"resources": [known | {"values": rule}]}},
        "resource_changes": [change],
        "configuration": {"root_module": {}},
    }
    assert ("CKV_AWS_24" in {one.rule for one in checkov.judge_plans({"use1": plan}, tmp_path)}) is found


def test_terraform_finds_an_argument_that_the_provider_does_not_know(tmp_path):
    providers = {"aws": {"source": "hashicorp/aws"}}
    bucket = {"aws_s3_bucket": {"b": {"force_destory": True}}}
    document = {"terraform": {"required_providers": providers}, "resource": bucket}
    (tmp_path / "cdk.tf.json").write_text(json.dumps(document))
    tool = Terraform(tmp_path, {})
    tool.init()
    assert "force_destory" in " ".join(tool.validate())


def test_checkov_says_when_it_could_not_read_a_file(tmp_path, monkeypatch):
    monkeypatch.setattr(checkov, "JUDGED", ("terraform", "resource"))
    stack = {
        "terraform": {"required_version": ">= 1.11"},
        "resource": {"aws_security_group_rule": {"a": OPEN_TO_ALL}},
    }
    assert [one.rule for one in checkov.judge_stacks({"use1": stack}, tmp_path)] == ["unread"]


@pytest.mark.parametrize(
    ("action", "rules"), [("dynamodb:GetItm", ["UNKNOWN_ACTION"]), ("dynamodb:GetItem", [])]
)
def test_parliament_finds_a_misspelt_action(tmp_path, action, rules):
    statement = {"Effect": "Allow", "Action": [action], "Resource": ["${aws_dynamodb_table.t.arn}"]}
    text = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    stack = {"resource": {"aws_iam_role_policy": {"p": {"policy": text}}}}
    assert [one.rule for one in policies.judge({"use1": stack}, tmp_path)] == rules


def test_parliament_finds_an_ARN_that_the_action_does_not_take(tmp_path):
    statement = {
        "Effect": "Allow",
        "Action": ["dynamodb:GetItem"],
        "Resource": ["${aws_lambda_function.f.arn}"],
    }
    text = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    stack = {"resource": {"aws_iam_role_policy": {"p": {"policy": text}}}}
    assert [one.rule for one in policies.judge({"use1": stack}, tmp_path)] == ["RESOURCE_MISMATCH"]


@pytest.mark.parametrize(("target", "codes"), [("Nowhere", ["MISSING_TRANSITION_TARGET"]), ("End", [])])
def test_a_state_that_leads_nowhere_is_found(tmp_path, target, codes):
    states = {"Start": {"Type": "Pass", "Next": target}, "End": {"Type": "Succeed"}}
    definition = json.dumps({"StartAt": "Start", "States": states})
    stack = {"resource": {"aws_sfn_state_machine": {"m": {"definition": definition}}}}
    found = state_machines.judge({"use1": stack}, tmp_path)
    assert [code for one in found for code in codes if code in one.text] == codes
    assert bool(found) == bool(codes)


@pytest.mark.parametrize(("field", "rules"), [("reff", ["actionlint-expression"]), ("ref", [])])
def test_actionlint_finds_a_misspelt_field(tmp_path, field, rules):
    (tmp_path / "w.yml").write_text(WORKFLOW.replace("FIELD", field))
    assert [one.rule for one in workflows.judge(tmp_path)] == rules


def test_the_fork_that_synthesizes_something_else_is_found(tmp_path, monkeypatch):
    rename = fork.renamed
    monkeypatch.setattr(
        fork, "renamed", lambda text: rename(text).replace('"ManagedBy": "cdktf"', '"ManagedBy": "x"')
    )
    found = fork.judge(tmp_path)
    assert found
    assert all(one.where.endswith(".ManagedBy") or ".tag." in one.where for one in found)
