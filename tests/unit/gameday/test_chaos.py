"""Exported experiments: their form, and the commands that their processes call."""

import ast
import json
import shlex
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from typer.testing import CliRunner

from gameday.__main__ import app
from gameday.chaos import commands, control
from gameday.chaos.experiment import experiment
from gameday.chaos.payments import Paid, pay
from gameday.errors import NotSteady
from gameday.targets.payments.scenarios import SCENARIOS
from gameday.targets.two_regions import healing
from tests.unit.gameday.builders import EAST, WEST, lease, operation, row
from tests.unit.gameday.fakes import FakeWorld, running

NOT_EXPORTABLE = ("S6", "S8", "S10", "S18")
EXPORTABLE = [code for code in SCENARIOS if code not in NOT_EXPORTABLE]


@pytest.mark.parametrize("code", NOT_EXPORTABLE)
def test_a_scenario_that_asks_for_more_is_refused_in_words(code):
    told = CliRunner().invoke(app, ["export", code])
    assert told.exit_code == 2
    assert "more than once" in told.output or "only the drill brings about" in told.output


def activities(of: dict) -> list[dict]:
    return [*of["steady-state-hypothesis"]["probes"], *of["method"], *of["rollbacks"]]


@pytest.mark.parametrize("code", EXPORTABLE)
def test_every_scenario_is_an_experiment_whose_every_command_exists(code):
    made = json.loads(json.dumps(experiment(SCENARIOS[code], python="python3")))
    assert made["version"] == "1.0.0"
    assert made["title"] == f"{code}: {SCENARIOS[code].title}"
    known = {command.callback.__name__ for command in commands.app.registered_commands}
    for one in activities(made):
        provider = one["provider"]
        assert (provider["type"], provider["path"]) == ("process", "python3")
        module, name, group, command = shlex.split(provider["arguments"])[:4]
        assert (module, name, group) == ("-m", "gameday", "chaos")
        assert command in known
        assert ("tolerance" in one) == (one["type"] == "probe")


@pytest.mark.parametrize("code", EXPORTABLE)
def test_faults_come_in_order_with_their_pauses_between_load_and_expectation(code):
    scenario, method = SCENARIOS[code], experiment(SCENARIOS[code], python="python3")["method"]
    words = [one["provider"]["arguments"].split()[3] for one in method]
    assert words == ["given", "load", *["apply"] * len(scenario.steps), "expect", "balance"]
    assert method[1]["background"] is True
    strikes = [one for one in method if " apply " in one["provider"]["arguments"]]
    assert [one["provider"]["arguments"].split()[-1] for one in strikes] == [
        str(number) for number in range(len(scenario.steps))
    ]
    paused = [one.get("pauses", {}).get("before", 0) for one in strikes]
    assert sum(paused) == 15 + scenario.last_step_s
    assert (paused[0], "pauses" in method[1]) == (15, False)
    assert [after.after_s - before.after_s for before, after in pairwise(scenario.steps)] == paused[1:]


def test_the_control_is_a_file_that_any_python_can_import():
    imported = list(ast.walk(ast.parse(Path(control.__file__).read_text())))
    names = {alias.name for node in imported if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module for node in imported if isinstance(node, ast.ImportFrom)}
    assert names == {"json", "time", "pathlib", "typing"}


def test_the_control_writes_a_line_for_every_begin_and_end(tmp_path, monkeypatch):
    monkeypatch.setattr(control, "TIMELINE", tmp_path / "deep" / "timeline.jsonl")
    control.before_experiment_control({"title": "S1"})
    control.before_activity_control({"name": "kill"})
    control.after_activity_control({"name": "kill"}, {"status": "succeeded", "output": {"status": 0}})
    control.after_experiment_control({"title": "S1"}, {"status": "completed", "deviated": False})
    lines = [json.loads(line) for line in control.TIMELINE.read_text().splitlines()]
    assert [(one["what"], one["name"]) for one in lines] == [
        ("begin", "S1"),
        ("begin", "kill"),
        ("end", "kill"),
        ("end", "S1"),
    ]
    assert lines[2]["output"] == {"status": 0}
    assert lines[3]["deviated"] is False


class World(FakeWorld):
    """A world that knows one lease, one ledger and what was done to it."""

    def __init__(self, seen=None, rows=()) -> None:
        super().__init__()
        self.seen, self.held, self.done = seen or lease(1000.0, 1, expires_at=1e12), rows, []

    async def lease(self):
        return self.seen

    async def rows(self, run, region):
        return self.held

    async def apply(self, action):
        self.done.append(action)


@pytest.fixture
def call(tmp_path, monkeypatch):
    """Calls `gameday chaos ...` in a world; the exit code and what was written."""
    monkeypatch.setattr(commands, "GIVEN", tmp_path / "given.json")
    monkeypatch.setattr(commands, "LOAD", tmp_path / "load.json")
    monkeypatch.setattr(commands, "_LOOK_S", 0.0)

    def called(world: World, *arguments: str) -> tuple[int, dict]:
        monkeypatch.setattr(commands, "_world", lambda: world)
        monkeypatch.setattr(commands, "_given_world", lambda: world)
        result = CliRunner().invoke(app, ["chaos", *arguments])
        return result.exit_code, json.loads(result.stdout) if result.stdout else {}

    return called


def test_the_holder_is_noted_and_a_step_is_done(call):
    world = World()
    assert call(world, "holds") == (0, {"holder": EAST})
    assert call(world, "given") == (0, {"holder": EAST, "epoch": 1})
    assert call(world, "apply", "S1", "0") == (0, {"done": "us-east-1 killed"})
    assert world.done == [SCENARIOS["S1"].steps[0].action]


@pytest.mark.parametrize(
    ("scenario", "epoch", "state", "code"),
    [
        ("S1", 2, "ACTIVE", 0),
        ("S1", 1, "ACTIVE", 1),
        ("S1", 2, "TAKING", 1),
        ("S3", 1, "ACTIVE", 0),
        ("S3", 2, "ACTIVE", 1),
    ],
)
def test_less_than_expected_fails_and_so_does_more(call, monkeypatch, *, scenario, epoch, state, code):
    given = SCENARIOS[scenario]
    short = replace(given, follow=replace(given.follow, at_most_s=0.05))
    monkeypatch.setitem(SCENARIOS, scenario, short)
    call(World(), "given")
    assert call(World(lease(1.0, epoch, state, expires_at=1e12)), "expect", scenario)[0] == code


def test_a_payment_that_a_client_knows_and_the_ledger_does_not_fails_the_balance(call):
    paid = [operation(1.0), operation(2.0)]
    commands.LOAD.write_text(json.dumps({"run": "r", "acknowledged": [one.key for one in paid]}))
    assert call(World(rows=[row(one) for one in paid]), "balance") == (0, {"acknowledged": 2, "lost": []})
    code, told = call(World(rows=[row(paid[0])]), "balance")
    assert (code, told["lost"]) == (1, [paid[1].key])
    commands.LOAD.write_text(json.dumps({"run": "r", "acknowledged": []}))
    assert call(World(), "balance")[0] == 1


def test_a_load_is_kept_for_the_balance_and_a_payment_can_be_asked_for(call, monkeypatch):
    async def paid(world, *, run, seconds, rate):
        return Paid(run=run, attempted=3, keys=["a", "b"])

    monkeypatch.setattr(commands.payments, "pay", paid)
    assert call(World(), "load", "--seconds", "5")[0] == 0
    assert json.loads(commands.LOAD.read_text())["acknowledged"] == ["a", "b"]
    assert call(World(), "pays")[1]["settled"] == 2
    call(World(), "given")
    assert not commands.LOAD.exists()


def test_a_step_without_the_one_before_it_says_so(tmp_path):
    with pytest.raises(NotSteady, match="is missing: the step that writes it has not run"):
        commands._read(tmp_path / "given.json")


def test_healing_is_the_drills_own(call, monkeypatch):
    healed = []
    monkeypatch.setattr(healing, "heal", healed.append)
    world = World()
    assert call(world, "heal")[0] == 0
    assert healed == [world]


@pytest.mark.simulated
async def test_payments_of_a_load_are_counted_by_what_their_clients_know():
    world = FakeWorld()
    async with running(world):
        paid = await pay(world, run="r", seconds=0.5, rate=20.0)
    assert paid.acknowledged == len(paid.keys) == paid.attempted == 9
    assert paid.describe() == {"run": "r", "attempted": paid.attempted, "settled": paid.attempted}


def test_an_export_is_written_where_it_is_asked_for_and_an_unknown_scenario_refused(tmp_path):
    file = tmp_path / "s1.json"
    assert CliRunner().invoke(app, ["export", "S1", "--to", str(file)]).exit_code == 0
    assert json.loads(file.read_text())["title"] == "S1: region killed"
    assert json.loads(CliRunner().invoke(app, ["export", "S3"]).stdout)["tags"][-1] == "S3"
    refused = CliRunner().invoke(app, ["export", "S99"])
    assert refused.exit_code == 2


@pytest.mark.parametrize("region", [EAST, WEST])
def test_a_takeover_is_the_next_epoch_with_another_holder(region):
    noted = {"holder": region, "epoch": 1}
    seen = lease(1.0, 2, expires_at=1e12)
    assert commands._taken_over(seen, noted) is (region == EAST)
    assert not commands._taken_over(None, noted)
