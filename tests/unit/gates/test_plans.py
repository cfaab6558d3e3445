"""What a plan may do: of the account that the credentials open, and of a deployed local cloud."""

import json
import subprocess
from pathlib import Path
from types import SimpleNamespace

import pytest

from dr.guard.plan import read_plan
from gates import cloud_plan, plans
from gates.cloud_plan import judged
from gates.findings import Finding
from gates.plans import guarded
from localcloud.core.stacks import Stack

PLANS = Path(__file__).parents[1] / "dr" / "guard" / "plans"


def test_B05_a_real_plan_that_loses_state_is_a_finding(tmp_path):
    plans = {name: json.loads((PLANS / f"{name}.json").read_text()) for name in ("harmless", "leaves_global")}
    (found,) = guarded(plans, tmp_path)
    assert found.where == "leaves_global:aws_rds_cluster.ledger_cluster_F130713B"


def change(*actions):
    document = {"address": "aws_kms_key.k", "type": "aws_kms_key", "change": {"actions": list(actions)}}
    return {"planned_values": {}, "resource_changes": [document]}


@pytest.mark.parametrize(
    ("actions", "must_be_empty", "says", "passes"),
    [
        (["no-op"], True, "x: nothing to do", True),
        (["update"], False, "x: 1 update", True),
        (["update"], True, "x: 1 update", False),
        (["delete"], False, "x: 1 delete", False),
    ],
)
def test_a_cloud_plan_says_what_it_would_do(tmp_path, actions, must_be_empty, says, passes):
    path = tmp_path / "plan.json"
    path.write_text(json.dumps(change(*actions)))
    lines, fine = judged("x", read_plan(path), must_be_empty=must_be_empty)
    assert (lines[0], fine) == (says, passes)


@pytest.mark.parametrize(
    "case",
    [
        ((), 1, "refused G40_leave_global_cluster aws_rds_cluster.ledger_cluster_F130713B global_cluster_"),
        (("G40_leave_global_cluster:aws_rds_cluster.ledger_cluster_F130713B",), 0, "one: 1 update"),
        (
            ("G40_leave_global_cluster:aws_rds_cluster.ledger_cluster_F130713B", "G10_destroy:aws_kms_key.x"),
            1,
            "no plan needs --allow G10_destroy:aws_kms_key.x",
        ),
    ],
)
def test_B05_a_refusal_passes_by_its_name_and_a_name_that_nothing_needs_does_not(
    monkeypatch, tmp_path, capsys, case
):
    allowed, code, says = case

    def plan(_, target):
        return bool(target.write_text((PLANS / "leaves_global.json").read_text()))

    monkeypatch.setattr(cloud_plan, "synthesize", lambda: {"one": {}})
    monkeypatch.setattr(cloud_plan, "WORK", tmp_path)
    monkeypatch.setattr(cloud_plan, "_plan", plan)
    assert cloud_plan.main([word for name in allowed for word in ("--allow", name)]) == code
    assert says in capsys.readouterr().out


@pytest.fixture
def terraform(monkeypatch, tmp_path):
    """A Terraform that plans what is harmless: the commands it got, each with its exit code."""
    commands: list[str] = []
    codes: dict[str, int] = {}

    def run(command, *, cwd, stdout=None, check, **_):
        commands.append(f"{cwd.name}: {' '.join(command[1:])}")
        if stdout:
            stdout.write((PLANS / "harmless.json").read_bytes())
        done = subprocess.CompletedProcess(command, codes.get(command[1], 0))
        if check:
            done.check_returncode()
        return done

    monkeypatch.setattr(cloud_plan, "synthesize", lambda: {"one": {}})
    monkeypatch.setattr(cloud_plan, "WORK", tmp_path)
    monkeypatch.setattr(subprocess, "run", run)
    return SimpleNamespace(commands=commands, codes=codes)


def test_a_cloud_plan_is_made_without_a_lock_and_judged(terraform, capsys):
    assert cloud_plan.main([]) == 0
    assert terraform.commands == [
        "one: init -input=false",
        "one: plan -input=false -lock=false -out=the.plan",
        "one: show -json the.plan",
    ]
    assert capsys.readouterr().out == "one: 3 update\n"


@pytest.mark.parametrize("step", ["init", "plan"])
@pytest.mark.parametrize(("flags", "code"), [([], 0), (["--must-be-empty"], 1)])
def test_a_stack_that_cannot_be_planned_yet_is_no_drift_that_was_looked_for(
    terraform, capsys, step, flags, code
):
    terraform.codes[step] = 1
    assert cloud_plan.main(flags) == code
    assert capsys.readouterr().out == "one: no plan yet\n"
    assert terraform.commands[-1].startswith(f"one: {step} ")


def test_a_plan_that_cannot_be_shown_has_not_passed(terraform):
    terraform.codes["show"] = 1
    with pytest.raises(subprocess.CalledProcessError):
        cloud_plan.main([])


def test_B05_a_stack_that_passes_does_not_excuse_the_one_before_it(monkeypatch, tmp_path):
    def plan(folder, target):
        return bool(target.write_text((PLANS / f"{folder.name}.json").read_text()))

    monkeypatch.setattr(cloud_plan, "synthesize", lambda: {"leaves_global": {}, "harmless": {}})
    monkeypatch.setattr(cloud_plan, "WORK", tmp_path)
    monkeypatch.setattr(cloud_plan, "_plan", plan)
    assert cloud_plan.main([]) == 1


def test_B05_every_stack_of_the_local_cloud_is_planned_with_its_operators_credentials(monkeypatch, tmp_path):
    environments, initialised, seen = [], [], {}
    cloud = SimpleNamespace(
        regions={"us-east-1": None}, aws_environment=lambda region: {"AWS_REGION": region}
    )

    def tool(stack, environment):
        environments.append(environment)
        return SimpleNamespace(
            init=lambda: initialised.append(stack.name),
            plan=lambda: json.loads((PLANS / f"{stack.name}.json").read_text()),
        )

    def checked(found):
        seen.update(found)
        return [Finding("CKV_1", "harmless", "Encrypt it")]

    stacks = [Stack(name, tmp_path, frozenset()) for name in ("harmless", "leaves_global")]
    monkeypatch.setattr(plans.CloudState, "load", lambda: cloud)
    monkeypatch.setattr(plans, "synthesize", lambda _: stacks)
    monkeypatch.setattr(plans, "terraform", tool)
    monkeypatch.setattr(plans, "judge_plans", checked)
    found = plans.judge(tmp_path)
    assert [one.where for one in found] == [
        "harmless",
        "leaves_global:aws_rds_cluster.ledger_cluster_F130713B",
    ]
    assert (sorted(initialised), list(seen)) == (["harmless", "leaves_global"],) * 2
    assert environments == [{"AWS_REGION": "us-east-1"}] * 2
