"""Mutants fit the code that they break, and only a drill that names the bug has found it."""

import re
from pathlib import Path
from types import SimpleNamespace

import pytest
from typer.testing import CliRunner

from gameday import mutants
from gameday.errors import GameDayError
from gameday.mutants import MUTANTS, Change, MutantSurvived, drill, plant, verdict
from gameday.runs import Outcome, Runs
from gameday.targets.payments.scenarios import SCENARIOS

JOURNAL_OFF = MUTANTS["journal-off"]


@pytest.mark.parametrize("name", MUTANTS)
def test_every_mutant_fits_the_code_that_it_breaks(name, tmp_path):
    mutant = MUTANTS[name]
    assert mutant.scenario in SCENARIOS
    plant(mutant, tmp_path / name)
    for change in mutant.changes:
        broken = (tmp_path / name / change.path).read_text()
        compile(broken, change.path, "exec")
        assert broken != (mutants.REPOSITORY / change.path).read_text()


def test_a_mutant_of_code_that_has_changed_is_no_mutant(tmp_path):
    (tmp_path / "lease.py").write_text("one = 1\none = 1\n")
    with pytest.raises(GameDayError, match=r"lease.py has 2 times, and not once: 'one = 1'"):
        Change("lease.py", "one = 1", "one = 2").made_in(tmp_path)


def told(*missed: str) -> str:
    outcome = Outcome(scenario="S1", verdict="missed" if missed else "met", missed=missed)
    return Runs(outcomes=(outcome,), spreads=(), exit_code=0).model_dump_json(by_alias=True)


def test_a_drill_that_names_the_bug_has_found_it():
    missed = ("currencies out of balance: expected 0, measured 3", "payments lost: expected 0, measured 19")
    assert verdict(JOURNAL_OFF, 1, told(*missed), "") == "payments lost: expected 0, measured 19"


def test_a_system_that_never_starts_is_found_by_what_the_error_says():
    log = "\n".join(["applied"] * 9 + ["error: no region was ready after 180 s", "  look at the log"])
    assert "no region was ready" in verdict(MUTANTS["lease-ttl-0"], 2, "", log)


@pytest.mark.parametrize(
    ("code", "out", "log", "words"),
    [
        (0, told(), "", "S1 is green although a payment goes to the ledger without the journal"),
        (3, told(), "invalid: V40 the host was overloaded", "S1 was invalid: invalid: V40"),
        (1, told("restored within, s: expected at most 120, measured 130"), "", "only says: restored within"),
        (2, "", "error: no terraform", "only says: error: no terraform"),
    ],
)
def test_a_mutant_that_nobody_named_has_survived(code, out, log, words):
    with pytest.raises(MutantSurvived, match=re.escape(words)):
        verdict(JOURNAL_OFF, code, out, log)


def test_the_drill_runs_in_the_copy_and_on_the_copy(monkeypatch, tmp_path):
    seen = {}

    def run(command, *, cwd, env, **_):
        seen.update(command=command[1:], cwd=cwd, path=env["PYTHONPATH"])
        return SimpleNamespace(returncode=1, stdout=told("payments lost: 3"), stderr="the log")

    monkeypatch.setattr(mutants.subprocess, "run", run)
    assert drill(JOURNAL_OFF, tmp_path) == "payments lost: 3"
    assert seen["command"] == ["-m", "gameday", "drill", "--scenario", "S1", "--json"]
    assert seen["cwd"] == tmp_path
    assert seen["path"].split(":") == [str(tmp_path), str(tmp_path / "lambda")]
    assert (tmp_path / "drill.log").read_text() == "the log"


@pytest.mark.parametrize(("code", "word"), [(0, "found"), (1, "survived")])
def test_the_command_ends_well_only_when_every_bug_was_named(monkeypatch, tmp_path, code, word):
    def found(mutant: object, folder: Path) -> str:
        if code:
            raise MutantSurvived("S1 is green")
        return "payments lost"

    monkeypatch.setattr(mutants, "drill", found)
    monkeypatch.setattr(mutants, "plant", lambda *_: None)
    monkeypatch.setattr(mutants, "STATE", tmp_path)
    app = mutants.typer.Typer()
    app.command()(mutants.main)
    result = CliRunner().invoke(app, ["--mutant", "journal-off"])
    assert (result.exit_code, word in result.output) == (code, True)
    assert CliRunner().invoke(app, ["--mutant", "all-off"]).exit_code == 2
