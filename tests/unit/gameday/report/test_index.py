"""The page over all runs, and the data that one run's evidence tells."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from gameday.__main__ import app
from gameday.errors import EvidenceUnread
from gameday.report import evidence, index
from gameday.report.data import ReportData, read
from gameday.report.page import page
from gameday.targets.payments.scenarios import SCENARIOS
from tests.unit.gameday.reports import Reader, judged, record


@pytest.fixture
def folder(tmp_path) -> Path:
    of = record()
    evidence.write(tmp_path, of, judged(of))
    return tmp_path


def test_evidence_tells_the_same_story_as_the_drill_itself(folder):
    of = record()
    assert page(read(folder / "latest")) == page(ReportData.of(of, judged(of)))


def test_evidence_that_is_not_there_or_of_another_version_is_said_to_be_so(folder):
    with pytest.raises(EvidenceUnread, match="nowhere is no evidence"):
        read(folder / "nowhere")
    (folder / "latest" / "summary.json").write_text("{}")
    with pytest.raises(EvidenceUnread, match="ValidationError"):
        read(folder / "latest")


def test_the_index_follows_every_drill_and_links_its_report(folder):
    text = (folder / index.NAME).read_text()
    run = next(path.name for path in folder.iterdir() if path.name.endswith("-S1"))
    assert f'href="{run}/report.html"' in text
    assert text.count("/report.html") == 2
    words = Reader(text).text
    assert f"1 of {len(SCENARIOS)} scenarios met" in words
    assert "S12" in words
    assert "not run" in words


def test_runs_that_cannot_be_read_are_listed_and_not_hidden(folder):
    old = folder / "19690101T000000Z-S1"
    old.mkdir()
    (old / "summary.json").write_text('{"scenario": 1}')
    (folder / "notes").mkdir()
    found = index.runs(folder)
    assert [run.name for run in found][-1] == old.name
    assert (len(found), found[-1].told) == (2, None)
    assert "not readable by this version" in index.page(found)
    assert "notes" not in index.page(found)


def test_a_run_of_a_scenario_that_is_gone_keeps_its_row(folder):
    gone = folder / "20200101T000000Z-S99"
    gone.mkdir()
    told = json.loads((folder / "latest" / "summary.json").read_text())
    told |= {"scenario": "S99", "title": "long ago", "holder_after": told["holder_before"]}
    told["measured"]["restored_s"] = None
    (gone / "summary.json").write_text(json.dumps(told))
    words = Reader(index.page(index.runs(folder))).text
    assert "S99 long ago" in words.replace("  ", " ")
    assert "never" in words


def test_the_commands_write_the_index_and_a_report_again(folder):
    again = folder.parent / "again.html"
    result = CliRunner().invoke(app, ["report", str(folder / "latest"), "--to", str(again)])
    assert (result.exit_code, again.read_text()) == (0, (folder / "latest" / "report.html").read_text())
    (folder / index.NAME).unlink()
    assert CliRunner().invoke(app, ["index", str(folder)]).exit_code == 0
    assert (folder / index.NAME).exists()
