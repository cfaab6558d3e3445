"""P10: every block of every runbook is pasted into a shell, in the state that the runbook is for."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import typer.main

from dr import commands
from failover.approvals import Approvals
from failover.lease import Automation, LeaseState
from failover.loss import JournalProof, LossEstimate, canonical, document
from failover.takeover import Takeover
from tests.unit import emulated
from tests.unit.dr import test_approve
from tests.unit.dr.conftest import clock, documents, lease_table
from tests.unit.dr.typed import put
from tests.unit.dr.world import EAST, ENDPOINTS, NOW, OUTPUTS, WEST

from .shell import NotAsWritten, Shell, with_cloud
from .stages import MACHINE, STAGES, Stage

__all__ = ["clock", "documents", "lease_table"]
RUNBOOKS = Path(__file__).resolve().parents[3] / "docs" / "runbooks"
SECTION = re.compile(r"^## (\w+)\n(.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL)
BLOCK = re.compile(r"```sh\n(.*?)```", re.DOTALL)
HERE = {"us-east-1": "use1", "us-west-2": "usw2"}
DR = re.compile(r"(?<![\w/`-])dr((?: [a-z]+)+)((?: --?[a-z-]+(?: (?:\"[^\"]*\"|[^-\s|;&)`]\S*))?)*)")
SYSTEM = "export SYSTEM=payments   # or the system whose alarm it is"
REGION = re.compile(r"\b(?:us-(?:east|west)-\d|use\d|usw\d)\b")


def blocks(text: str) -> Iterator[tuple[str, str]]:
    for section, body in SECTION.findall(text):
        for script in BLOCK.findall(body):
            yield section, script


PASTED = [
    pytest.param(path, section, script, id=f"{path.stem}-{section}-{n}")
    for path in sorted(RUNBOOKS.glob("*.md"))
    for n, (section, script) in enumerate(blocks(path.read_text()))
]


def header(path: Path) -> str:
    return BLOCK.findall(path.read_text())[0]


class Cloud(test_approve.Cloud):
    """Approvals are kept in one emulated table, and the caller is Alice."""

    me = "AIDAALICE"


@pytest.fixture
def shell(lease_table, monkeypatch, tmp_path):
    def made(stage: Stage, section: str) -> Shell:
        cloud = Cloud(lease_table, found=stage.found, executions=dict(stage.executions))
        put(cloud, stage.undo if section == "Undo" and stage.undo else stage.lease)
        path = tmp_path / "flat.json"
        path.write_text(json.dumps(OUTPUTS | ENDPOINTS))
        cloud.outputs = str(path)
        with_cloud(monkeypatch, cloud)
        _tables(cloud, stage)
        _parameters()
        return Shell(cloud=cloud, answers=stage.answers(), folder=tmp_path)

    return made


def _tables(cloud: Cloud, stage: Stage) -> None:
    for table, key in (("approvals", "approver"), ("journal", "idempotency_key")):
        cloud.table._client.create_table(
            TableName=f"payments-{table}-test",
            KeySchema=[{"AttributeName": key, "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
    if stage.approval:
        figures = LossEstimate(
            journal=JournalProof.UNTRUSTED,
            replicated_until_ms=NOW,
            lag_ms=2_000,
            requests=7,
            money={"EUR": 1},
        )
        asked = document(system="payments", epoch=4, plan="failover", region=WEST, figures=figures)
        Approvals(emulated.client("dynamodb", EAST), lambda: "payments-approvals-test").ask(
            canonical(asked), now_ms=NOW
        )


def _parameters() -> None:
    ssm = emulated.client("ssm")
    told = {
        "failover/state-machine": MACHINE,
        "api/endpoint": "https://west.execute-api.test",
        f"peers/{EAST}/endpoint": "https://east.execute-api.test",
    }
    for name, value in told.items():
        ssm.put_parameter(Name=f"/payments-test/{name}", Value=value, Type="String")
    for name, value in {
        "webapp-test/files/bucket": "webapp-files",
        "webapp-test/remediation/mode": "on",
        "trading-test/audit/bucket": "trading-audit",
        "trading-test/logs/bucket": "trading-logs",
    }.items():
        emulated.client("ssm", EAST).put_parameter(Name=f"/{name}", Value=value, Type="String")


def paste(shell, path: Path, section: str, script: str) -> Shell:
    made = shell(STAGES.get(path.stem, Stage()), section)
    made.paste(header(path).replace("SUFFIX=dev", "SUFFIX=test") + script)
    return made


@pytest.mark.parametrize(("path", "section", "script"), PASTED)
def test_P10_every_block_does_what_its_runbook_says_in_the_state_that_it_is_for(shell, path, section, script):
    made = paste(shell, path, section, script)
    named = re.search(r"AWS_REGION=(\S+)", header(path))[1]
    assert {call.region for call in made.calls} <= {named}, "a runbook asks the region that its reader named"
    for words, code in made.typed:
        assert code == 0 or words[0] in {"status", "check"}, (words, code)


def of(name: str, section: str, containing: str) -> tuple[Path, str, str]:
    path = RUNBOOKS / f"{name}.md"
    (script,) = [text for where, text in blocks(path.read_text()) if where == section and containing in text]
    return path, section, script


def test_P10_a_takeover_that_is_started_again_by_hand_is_the_one_that_the_keeper_sees(shell):
    made = paste(shell, *of("R36-stuck", "Mitigation", "start-execution"))
    (started,) = [call.asked for call in made.calls if call.operation == "StartExecution"]
    wanted = Takeover.of(made.cloud.table.read())
    assert (started["name"], json.loads(started["input"])) == (wanted.name, wanted.payload())
    assert (wanted.attempt, started["stateMachineArn"]) == (2, MACHINE)


@pytest.mark.parametrize("name", ["R36-stuck", "takeover-held"])
def test_P10_dr_retry_is_the_first_way_and_is_seen_by_the_keeper(shell, name):
    made = paste(shell, *of(name, "Mitigation", "dr retry"))
    assert Takeover.of(made.cloud.table.read()).name in made.cloud.executions


def test_P10_a_paused_takeover_begins_in_the_region_that_calls(shell):
    made = paste(shell, *of("R50-automation-paused", "Mitigation", "dr failover"))
    lease = made.cloud.table.read()
    assert (lease.holder, lease.state, lease.epoch) == (WEST, LeaseState.TAKING, 4)


def test_P10_without_dr_the_keeper_of_that_region_may_act(shell):
    made = paste(shell, *of("R50-automation-paused", "Mitigation", "update-item"))
    assert made.cloud.table.read().automation is Automation.RUNNING


def test_P10_the_holder_is_asked_and_not_the_region_that_calls(shell):
    made = paste(shell, *of("R50-automation-paused", "Diagnosis", "curl"))
    assert made.urls == ["https://east.execute-api.test/health/ready"]


def test_P10_the_health_check_is_that_of_the_region_and_not_the_first_of_the_account(shell):
    made = paste(shell, *of("health-check", "Diagnosis", "get-health-check-status"))
    (asked,) = [call.asked for call in made.calls if call.operation == "GetHealthCheckStatus"]
    assert asked == {"HealthCheckId": "of-the-west"}


def test_P10_automation_is_paused_again(shell):
    made = paste(shell, *of("R50-automation-paused", "Undo", "update-item"))
    assert made.cloud.table.read().automation is Automation.PAUSED


@pytest.mark.parametrize("path", sorted(RUNBOOKS.glob("*.md")), ids=lambda path: path.stem)
def test_P10_the_reader_names_the_region_once_and_no_block_names_another(path):
    first, *more = header(path).splitlines()
    export = dict(word.split("=") for word in first.removeprefix("export ").split())
    assert more in ([], [SYSTEM])
    assert export["AWS_REGION"] in HERE
    assert export.get("HERE", HERE[export["AWS_REGION"]]) == HERE[export["AWS_REGION"]]
    assert export.get("OTHER", "") != export["AWS_REGION"]
    for _, script in blocks(path.read_text()):
        assert REGION.findall(script) == []
        assert ("$SYSTEM" in script) <= bool(more)
        assert "payments" not in script, "another system in two regions has the same alarm"


PAGES = sorted([*RUNBOOKS.rglob("*.md"), *RUNBOOKS.parent.glob("*.md"), RUNBOOKS.parents[1] / "README.md"])
TYPED = [
    pytest.param(path, words, options, id=f"{path.stem}-{n}")
    for path in PAGES
    for n, (words, options) in enumerate(DR.findall(path.read_text()))
]


def known(words: list[str]) -> tuple[object, list[str]]:
    """The command that the words name, and what is left of them."""
    command, left = typer.main.get_command(commands.app), list(words)
    while left and hasattr(command, "commands") and left[0] in command.commands:
        command = command.commands[left.pop(0)]
    return command, left


@pytest.mark.parametrize(("path", "words", "options"), TYPED)
def test_a_page_names_only_commands_and_options_that_exist(path, words, options):
    command, _ = known(words.split())
    if not options and words.split()[0] not in typer.main.get_command(commands.app).commands:
        assert "`" not in words  # prose, as in "dr and its rules"
        return
    assert command is not typer.main.get_command(commands.app), words
    offered = {option for parameter in command.params for option in getattr(parameter, "opts", ())}
    assert set(re.findall(r"--[a-z-]+", options)) <= offered | {"--help"}


def test_a_block_that_fails_is_found_out(shell):
    made = shell(Stage(), "Mitigation")
    for script in (
        "aws rds describe-db-clusters --no-such x",
        "dr retry",
        'echo "$UNSET"',
        "aws sqs list-queues",
    ):
        with pytest.raises(NotAsWritten):
            made.paste(f"export AWS_REGION=us-west-2\n{script}")
    assert replace(made.cloud.table.read()) == Stage().lease
