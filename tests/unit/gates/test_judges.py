"""What each judge makes of what its program says. The programs themselves run in tests/gates."""

import json
import subprocess
from itertools import pairwise
from pathlib import Path

import pytest

from gates import checkov, policies, state_machines
from gates.findings import Finding


def report(passed=(), failed=(), unread=()):
    return {
        "check_type": "terraform_json",
        "results": {"passed_checks": passed, "failed_checks": failed, "parsing_errors": unread},
    }


FAILED = {
    "check_id": "CKV_1",
    "check_name": "Encrypt it",
    "file_path": "/use1.tf.json",
    "resource": "aws_x.y",
}


@pytest.mark.parametrize("wrap", [lambda one: one, lambda one: [one, {"passed": 0}]])
def test_checkov_failures_are_findings(wrap):
    assert checkov.findings(wrap(report(failed=[FAILED]))) == [
        Finding("CKV_1", "use1.tf.json:aws_x.y", "Encrypt it")
    ]


@pytest.mark.parametrize("said", [[], {"passed": 0, "failed": 0}, report()])
def test_a_checkov_that_judged_nothing_has_not_passed(said):
    assert [one.rule for one in checkov.findings(said)] == ["unread"]


def test_a_file_that_checkov_could_not_read_is_a_finding():
    (found,) = checkov.findings(report(passed=[FAILED], unread=["/x/usw2.tf.json"]))
    assert found == Finding("unread", "usw2.tf.json", "checkov could not read it")


STACK = {"terraform": {"required_version": ">= 1"}, "resource": {"aws_x": {}}}


@pytest.mark.parametrize(
    ("judge", "framework", "given"),
    [
        (checkov.judge_stacks, "terraform_json", {"use1.tf.json": {"resource": {"aws_x": {}}}}),
        (checkov.judge_plans, "terraform_plan", {"use1.json": STACK}),
    ],
)
def test_checkov_gets_what_it_can_read(tmp_path, monkeypatch, judge, framework, given):
    asked = []

    def run(command, **_):
        said = dict(pairwise(command))
        folder = Path(said["-d"])
        asked.append(
            (said["--framework"], {one.name: json.loads(one.read_text()) for one in folder.iterdir()})
        )
        return subprocess.CompletedProcess(command, 0, stdout=json.dumps(report(passed=[FAILED])))

    monkeypatch.setattr(subprocess, "run", run)
    for name in ("before", "use1"):
        assert judge({name: STACK}, tmp_path) == []
    assert asked[-1] == (framework, given)


OUTPUTS = ("aws_kms_keycopies-key_0D9EA210arn", "aws_s3_bucketcopies_1Aid", "aws_new_n_1arn")


def test_references_become_ARNs_of_their_type_and_a_new_type_is_asked_for():
    text = (
        "${data.aws_caller_identity.a.account_id} ${aws_lambda_function.f.arn} ${aws_new.n.arn} ${aws_x.y.id}"
    )
    known, unknown = policies.concrete(text)
    assert known == "123456789012 arn:aws:lambda:us-east-1:123456789012:function:x * x"
    assert unknown == ["aws_new"]


def test_a_reference_into_another_stack_becomes_what_it_is_there():
    output = "${data.terraform_remote_state.input-webapp-usw2.outputs.cross-stack-output-%s}"
    known, unknown = policies.concrete(" ".join(output % what for what in OUTPUTS))
    assert known == "arn:aws:kms:us-east-1:123456789012:key/x x *"
    assert unknown == ["aws_new_n_1arn"]


def policy_stack(policy, type_="aws_iam_role_policy"):
    return {"use1": {"resource": {type_: {"p": {"policy": json.dumps(policy)}}}}}


def test_what_parliament_says_is_a_finding_but_not_a_keys_star(tmp_path, monkeypatch):
    def run(command, **_):
        lines = [
            {"issue": issue, "title": "T", "detail": "d", "location": {"filepath": str(path)}}
            for issue in ("UNKNOWN_ACTION", "RESOURCE_STAR")
            for path in (tmp_path / "policies").iterdir()
        ]
        return subprocess.CompletedProcess(command, 1, stdout="\n".join(map(json.dumps, lines)))

    monkeypatch.setattr(subprocess, "run", run)
    statement = {"Effect": "Allow", "Action": "kms:Dcrypt", "Resource": "${aws_new.n.arn}"}
    for _ in range(2):
        found = policies.judge(policy_stack({"Statement": [statement]}, "aws_kms_key"), tmp_path)
    assert [one.rule for one in found] == ["shape", "UNKNOWN_ACTION"]


def test_a_document_that_is_written_elsewhere_is_not_judged_and_that_is_said():
    stacks = {"use1": {"resource": {"aws_sqs_queue": {"q": {"policy": "${data.x.json}"}}}}}
    assert [one.where for one in policies.unseen(stacks)] == ["use1.q.aws_sqs_queue.policy", "*"]


def test_a_document_is_found_in_whatever_holds_it():
    document = json.dumps({"Statement": []})
    stacks = {
        "use1": {"resource": {"aws_new": {"n": {"nested": [{"guard": document}], "other": "{}", "size": 1}}}}
    }
    assert list(policies.documents(stacks)) == [("use1.n.aws_new.nested.0.guard", document)]


def test_a_parliament_that_fell_over_has_not_passed(tmp_path, monkeypatch):
    fell = subprocess.CompletedProcess([], 2, stdout="", stderr="Traceback")
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: fell)
    assert policies.judge({}, tmp_path) == [Finding("parliament", "itself", "Traceback")]


@pytest.mark.parametrize(("code", "expected"), [(0, []), (1, [Finding("asl", "use1.m", "MISSING target B")])])
def test_a_state_machine_that_the_validator_refuses_is_a_finding(tmp_path, monkeypatch, code, expected):
    said = subprocess.CompletedProcess([], code, stdout="MISSING\n target", stderr=" B")
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: said)
    stacks = {"use1": {"resource": {"aws_sfn_state_machine": {"m": {"definition": "{}"}}}}}
    assert state_machines.judge(stacks, tmp_path) == expected
