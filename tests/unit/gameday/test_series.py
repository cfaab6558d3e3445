import io
import json
from contextlib import contextmanager

import pytest
from rich.console import Console
from typer.testing import CliRunner

from gameday import __main__ as command
from gameday.errors import LedgerUnread
from gameday.judge.summary import Check, Measured, RequestCounts, Summary
from gameday.runner import LocalRunner
from gameday.runs import Runs
from gameday.series import Code, Ran, run_series, worst
from gameday.targets.payments.scenarios import SCENARIOS
from localcloud.core.errors import LocalCloudError

PAYMENTS = RequestCounts(
    attempted=900,
    acknowledged=800,
    accepted=0,
    unanswered=100,
    lost=3,
    accepted_lost=4,
    duplicated=1,
    mismatched=0,
    unbalanced_minor={},
    acknowledged_while_fenced=2,
    reconciled=0,
)


def summary(scenario: str, verdict: str, **moments: float) -> Summary:
    measured = dict.fromkeys(Measured.model_fields) | {"rpo_s": 0.0} | moments
    checks = (Check(name="payments lost", limit=0, measured=3, met=False),) if verdict == "missed" else ()
    return Summary.model_construct(
        scenario=scenario,
        title="region killed",
        verdict=verdict,
        run=f"{scenario}-run",
        checks=checks,
        invalid_reasons=("V40 the host was overloaded",) if verdict == "invalid" else (),
        measured=Measured(**measured),
        noun="payment",
        requests=PAYMENTS,
    )


def shown(runs: Runs) -> str:
    screen = Console(file=io.StringIO(), width=120)
    runs.show(screen)
    return screen.file.getvalue()


class Runner:
    """Answers as told, by scenario; an exception is raised."""

    def __init__(self, answers, *, heals=True):
        self.answers, self.heals = answers, heals
        self.deployments = 0
        self.said = []

    @contextmanager
    def deploy(self):
        self.deployments += 1
        yield self

    def drill(self, scenario):
        answer = self.answers.get(scenario, "met")
        if isinstance(answer, Exception):
            raise answer
        return summary(scenario, answer)

    def heal(self):
        if not self.heals:
            raise LedgerUnread("a part does not come back")

    def run(self, *scenarios):
        return [(ran.scenario, ran.code) for ran in run_series(scenarios, self.deploy, self.said.append)]


class Unsteady(Runner):
    """Its answers are lists, one for each time."""

    def drill(self, scenario):
        return summary(scenario, self.answers[scenario].pop(0))


def test_what_can_be_healed_runs_on_one_deployment():
    runner = Runner({"S3": "missed", "S4": "invalid"})
    assert runner.run("S1", "S3", "S4") == [
        ("S1", Code.MET),
        ("S3", Code.MISSED),
        ("S4", Code.INVALID),
    ]
    assert runner.deployments == 1
    assert runner.said == ["healed: S3 runs on the same deployment", "healed: S4 runs on the same deployment"]


def test_an_invalid_run_is_held_again_so_often_and_then_counts_for_nothing():
    runner = Unsteady({"S1": ["invalid", "met"], "S5": ["invalid", "invalid", "met"]})
    series = run_series(["S1", "S5"], runner.deploy, runner.said.append, retries=2)
    assert [(ran.scenario, ran.code.name, ran.superseded) for ran in series] == [
        ("S1", "INVALID", True),
        ("S1", "MET", False),
        ("S5", "INVALID", True),
        ("S5", "INVALID", False),
    ]
    runs = Runs.of(series)
    assert runs.exit_code == Code.INVALID
    assert Runs.of(series[:2]).exit_code == Code.MET
    assert "S1    invalid        -  region killed; V40 the host was overloaded; held again" in shown(runs)


def test_what_cannot_be_healed_is_deployed_anew():
    runner = Runner({}, heals=False)
    assert runner.run("S1", "S1") == [("S1", Code.MET)] * 2
    assert runner.deployments == 2
    assert runner.said == ["the cloud cannot be healed: a part does not come back", "deploying anew for S1"]


@pytest.mark.parametrize("error", [LedgerUnread("gone"), LocalCloudError("gone", "start it")])
def test_a_drill_without_a_verdict_stops_nobody_else(error):
    runner = Runner({"S1": error})
    assert runner.run("S1", "S3") == [("S1", Code.ERROR), ("S3", Code.MET)]
    assert runner.deployments == 2


@pytest.mark.parametrize(
    ("codes", "code"), [([], 0), ([0, 0], 0), ([0, 3], 3), ([3, 1, 0], 1), ([1, 3, 2, 0], 2)]
)
def test_a_series_ends_with_the_worst_code(codes, code):
    assert worst([Code(one) for one in codes]) == code


@pytest.mark.parametrize(("verdict", "code"), [("met", 0), ("missed", 1), ("invalid", 3)])
def test_each_verdict_has_its_exit_code(monkeypatch, tmp_path, verdict, code):
    @contextmanager
    def fresh(say, *, time_scale):
        yield None

    monkeypatch.setattr(command.deployment, "fresh", fresh)
    monkeypatch.setattr(LocalRunner, "drill", lambda self, scenario: summary(scenario, verdict))
    monkeypatch.setattr(LocalRunner, "heal", lambda self: None)
    evidence = ["--evidence", str(tmp_path)]
    assert CliRunner().invoke(command.app, ["drill", "--scenario", "S11", *evidence]).exit_code == code
    result = CliRunner().invoke(command.app, ["drill", "--scenario", "all", *evidence])
    assert result.exit_code == code
    assert result.output.count(f" {verdict} ") == len(SCENARIOS)
    several = ["drill", "--scenario", "S3,S11", "--runs", "2", "--json", *evidence]
    told = json.loads(CliRunner().invoke(command.app, several).stdout)
    assert [one["scenario"] for one in told["outcomes"]] == ["S3", "S11", "S3", "S11"]
    assert {one["verdict"] for one in told["outcomes"]} == {verdict}
    assert told["exit_code"] == code
    assert json.loads((tmp_path / "runs-S11-run.json").read_text()) == told


def test_a_drill_on_a_running_cloud_heals_it_and_leaves_it(monkeypatch, tmp_path):
    healed = []

    @contextmanager
    def standing(say):
        yield None

    monkeypatch.setattr(command.deployment, "standing", standing)
    monkeypatch.setattr(LocalRunner, "drill", lambda self, scenario: summary(scenario, "met"))
    monkeypatch.setattr(LocalRunner, "heal", lambda self: healed.append(self.rate))
    on_running = ["drill", "--running", "--evidence", str(tmp_path)]
    assert CliRunner().invoke(command.app, on_running).exit_code == 0
    assert len(healed) == 2, "before and after"
    assert CliRunner().invoke(command.app, [*on_running, "--time-scale", "2"]).exit_code == 2


def test_the_help_tells_the_exit_codes():
    told = " ".join(CliRunner().invoke(command.app, ["drill", "--help"]).output.split())
    assert "0 every expectation met, 1 one missed, 2 no verdict" in told


def test_every_scenario_is_listed():
    listed = CliRunner().invoke(command.app, ["list"]).output
    assert all(code in listed for code in SCENARIOS)
    machine = json.loads(CliRunner().invoke(command.app, ["list", "--json"]).stdout)
    assert [one["code"] for one in machine] == list(SCENARIOS)
    assert machine[0] == {
        "code": "S3",
        "title": "link between the regions cut, both alive",
        "moves": 0,
    }


def test_the_spread_is_that_of_the_valid_runs_and_only_of_what_happened():
    runs = Runs.of(
        [
            Ran("S1", Code.MET, summary("S1", "met", restored_s=84.0)),
            Ran("S1", Code.MISSED, summary("S1", "missed", restored_s=130.0)),
            Ran("S1", Code.INVALID, summary("S1", "invalid", restored_s=500.0)),
            Ran("S1", Code.ERROR),
            Ran("S1", Code.MET, summary("S1", "met", restored_s=90.0)),
        ]
    )
    restored = next(spread for spread in runs.spreads if spread.moment == "restored")
    assert (restored.runs, restored.min, restored.median, restored.max) == (3, 84.0, 90.0, 130.0)
    assert {"detected", "takeover"}.isdisjoint(spread.moment for spread in runs.spreads)
    assert [one.verdict for one in runs.outcomes] == ["met", "missed", "invalid", "error", "met"]
    assert runs.exit_code == Code.ERROR
    told = shown(runs).splitlines()
    assert told[1:3] == [
        "S1    met         84 s  region killed",
        "S1    missed     130 s  region killed; payments lost: expected 0, measured 3",
    ]
    assert told[4] == "S1    error          -"
    assert "restored" in "\n".join(told[7:])


def test_payments_are_added_up_over_the_valid_drills():
    runs = Runs.of(
        [Ran(code, Code.of(how), summary(code, how)) for code, how in (("S1", "met"), ("S2", "missed"))]
        + [Ran("S3", Code.INVALID, summary("S3", "invalid"), superseded=True), Ran("S4", Code.ERROR)]
    )
    assert shown(runs).splitlines()[-1] == (
        "valid drills: 2; 1,600 payments acknowledged, 14 lost, 2 duplicated, 4 acknowledged while fenced"
    )


def test_where_no_payment_counts_none_is_told():
    runs = Runs.of([Ran("S3", Code.INVALID, summary("S3", "invalid")), Ran("S4", Code.ERROR)])
    assert shown(runs).splitlines()[-1] == "valid drills: 0"


def test_an_overloaded_drill_that_lost_payments_counts_its_payments_and_not_its_seconds():
    slow = summary("S1", "missed", restored_s=500.0).model_copy(update={"invalid_reasons": ("V40 load",)})
    runs = Runs.of([Ran("S1", Code.MET, summary("S1", "met", restored_s=84.0)), Ran("S1", Code.MISSED, slow)])
    assert next(spread.max for spread in runs.spreads if spread.moment == "restored") == 84.0
    assert "valid drills: 1; 1,600 payments acknowledged, 14 lost" in shown(runs)


def test_the_spread_tells_how_long_takeovers_took():
    moments = ({"detected_s": 34.0, "first_ack_s": 36.5}, {"detected_s": 30.0, "first_ack_s": 31.0}, {})
    runs = Runs.of([Ran("S1", Code.MET, summary("S1", "met", **one)) for one in moments])
    takeover = next(spread for spread in runs.spreads if spread.moment == "takeover")
    assert (takeover.runs, takeover.min, takeover.median, takeover.max) == (2, 1.0, 1.75, 2.5)
