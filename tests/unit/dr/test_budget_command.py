import json

import pytest
from typer.testing import CliRunner

from dr import commands as command
from lib.systems.load import load_settings

DRILL = {"valid": True, "cloud": "local", "scenario": "S1", "run": "r1"}


@pytest.fixture(autouse=True)
def wide(monkeypatch):
    monkeypatch.setenv("COLUMNS", "300")


def run(*arguments):
    return CliRunner().invoke(command.app, ["budget", *arguments])


def test_B04_people_see_verdicts_legs_sources_and_warnings(tmp_path, monkeypatch):
    monkeypatch.setenv("AWS_PROVIDER_VERSION", "5.100.0")
    drill = tmp_path / "summary.json"
    figures = {"first_ack_s": 41.9, "dns_moved_s": 29.2, "rpo_s": 0.0}
    drill.write_text(json.dumps(DRILL | {"measured": figures}))
    done = run("--evidence", str(drill))
    assert done.exit_code == 0, done.output
    for text in (
        "infeasible",
        "Accepted: a daily copy",
        "41.9 s (local S1 r1)",
        "60 .. ?",
        "20 .. 30",
        "declared: Aurora promotes the other region's cluster: order of minutes",
        "warning: provider 5.100.0: lease and journal are only eventually consistent",
    ):
        assert text in done.output


def test_B04_machines_get_the_same(tmp_path):
    done = run("--json", "--evidence", str(tmp_path / "none"))
    document = json.loads(done.output)
    (takeover,) = [one for one in document["objectives"] if one["name"] == "rto_takeover"]
    assert (done.exit_code, document["system"]) == (0, "payments")
    assert takeover["sums_s"]["declared"] == {"least": 60, "most": None}
    assert takeover["measured"] is None
    assert takeover["legs"][0]["basis"] == "configured"


def test_B04_an_infeasible_objective_fails_the_command(monkeypatch):
    given = load_settings({})
    harder = given.model_copy(update={"objectives": given.objectives.model_copy(update={"rto_s": 60})})
    monkeypatch.setattr("dr.budget_command.load_settings", lambda: harder)
    assert run().exit_code == 5
