import json
import subprocess

import pytest
from typer.testing import CliRunner

from gates import __main__ as command
from gates.findings import Finding, ListError
from gates.synthesis import SynthesisFailed, synthesize
from lib.systems.registry import SYSTEMS

KNOWN = Finding("CKV_AWS_290", "use1.json:aws_iam_role_policy.p", "writes")
SHARED = Finding("CKV_AWS_139", "use1.json:aws_rds_cluster.c", "deletion protection")
NEW = Finding("CKV_NEW", "use1.json:aws_x.y", "is bad")


def run(monkeypatch, judge, found):
    monkeypatch.setitem(command.JUDGES, judge, lambda: found)
    return CliRunner().invoke(command.app, [judge.value])


def test_a_judge_that_found_nothing_passes(monkeypatch):
    done = run(monkeypatch, command.Judge.WORKFLOWS, [])
    assert (done.exit_code, "workflows       passed, 0 findings" in done.output) == (0, True)


def test_what_no_list_explains_fails_and_is_named(monkeypatch):
    done = run(monkeypatch, command.Judge.WORKFLOWS, [NEW])
    assert done.exit_code == 1
    assert "1 unexplained, 1 findings" in done.output
    assert "CKV_NEW use1.json:aws_x.y: is bad" in done.output


def test_plans_may_also_have_what_checkov_may_have(monkeypatch):
    done = run(monkeypatch, command.Judge.PLANS, [KNOWN, SHARED, NEW])
    assert "CKV_NEW" in done.output
    assert "CKV_AWS_139" not in done.output
    assert "CKV_AWS_290" not in done.output


def test_every_judge_is_run_but_plans_which_needs_a_cloud(monkeypatch):
    asked = []
    for judge in command.Judge:
        monkeypatch.setitem(command.JUDGES, judge, lambda judge=judge: asked.append(judge) or [])
        monkeypatch.setattr(command, "allowances", lambda *_, **__: [])
    assert CliRunner().invoke(command.app, []).exit_code == 0
    assert asked == command.OFFLINE


def test_B08_the_two_regions_of_every_system_that_has_two_are_compared(monkeypatch):
    made = {
        "payments": {"payments-use1-dev": {"resource": {}}, "payments-usw2-dev": {}, "world": {"data": {}}},
        "trading": {"trading-use1-dev": {}, "trading-use2-dev": {"data": {}}},
    }
    monkeypatch.setattr(command.variants, "synthesize", lambda system, *_: made[system])
    assert command.JUDGES[command.Judge.PARITY]() == [
        Finding("parity", "resource", "only in the first (payments)"),
        Finding("parity", "data", "only in the second (trading)"),
    ]


def test_rights_are_judged_in_every_system_with_every_option_and_in_the_documentation(monkeypatch):
    judged = {}
    monkeypatch.setattr(command.variants, "synthesize", lambda *_: {"use1": {}})
    monkeypatch.setattr(command.authorization, "judge", lambda stacks: judged.update(stacks) or [])
    assert command.JUDGES[command.Judge.AUTHORIZATION]() == []
    assert judged.keys() == {
        *(f"{system}-{name}:use1" for system in SYSTEMS for name in ("defaults", "options")),
        "deployment",
    }


@pytest.mark.parametrize("judge", ["checkov.judge_stacks", "policies.judge", "state_machines.judge"])
def test_the_stacks_of_every_system_are_judged(monkeypatch, judge):
    judged = {}
    monkeypatch.setattr(command.variants, "synthesize", lambda *_: {"use1": {}})
    module, function = judge.split(".")
    monkeypatch.setattr(getattr(command, module), function, lambda stacks: judged.update(stacks) or [])
    assert command.JUDGES[command.Judge(module.replace("_", "-"))]() == []
    assert judged.keys() >= {f"{system}-defaults:use1" for system in SYSTEMS}


@pytest.mark.parametrize("error", [ListError("a.toml: no"), SynthesisFailed("budget: no")])
def test_a_known_error_is_one_line_and_exit_code_2(monkeypatch, capsys, error):
    def fail():
        raise error

    monkeypatch.setattr(command, "app", fail)
    with pytest.raises(SystemExit) as stopped:
        command.main()
    assert stopped.value.code == 2
    assert capsys.readouterr().err == f"error: {error}\n"


def test_a_synthesis_that_fails_says_why(tmp_path, monkeypatch):
    said = subprocess.CompletedProcess([], 2, stdout="", stderr="budget: rto_dns is infeasible\n")
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: said)
    with pytest.raises(SynthesisFailed, match="rto_dns is infeasible"):
        synthesize(tmp_path)


def test_documents_are_found_through_the_manifest(tmp_path, monkeypatch):
    stack = tmp_path / "cdktf.out" / "stacks" / "a" / "cdk.tf.json"
    stack.parent.mkdir(parents=True)
    stack.write_text('{"resource": {}}')
    manifest = {"stacks": {"a": {"synthesizedStackPath": "stacks/a/cdk.tf.json"}}}
    (tmp_path / "cdktf.out" / "manifest.json").write_text(json.dumps(manifest))
    done = subprocess.CompletedProcess([], 0, stdout="", stderr="")
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: done)
    assert synthesize(tmp_path) == {"a": {"resource": {}}}
