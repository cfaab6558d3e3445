"""The proof in the report, the same proof from evidence at any later time, and the history for others."""

import json
from collections import defaultdict
from dataclasses import replace

import pytest
from typer.testing import CliRunner

from gameday.__main__ import app
from gameday.errors import EvidenceUnread
from gameday.judge.linear import UNKNOWN, Op, linearize
from gameday.judge.proof import prove
from gameday.report import evidence
from gameday.report.data import ReportData
from gameday.report.elle import elle
from gameday.report.page import page
from gameday.report.recorded import recorded
from tests.unit.gameday.builders import EAST, WEST, attempt, lease, operation
from tests.unit.gameday.judge.test_proof import FAULTS
from tests.unit.gameday.reports import Reader, judged, record

TWICE = operation(1050.1, attempt(1050.1), attempt(1051.0, entry_id="other"), key="probe")
BROKEN = record(operations=[*record().operations, TWICE])


def written(of, folder):
    return evidence.write(folder, of, judged(of))


def test_B12_evidence_is_proven_again_as_the_drill_was(tmp_path):
    again = prove(recorded(written(record(), tmp_path)))
    assert again == judged(record()).summary.proof


def test_B12_the_command_tells_the_answers_and_writes_the_history(tmp_path):
    run, to = written(record(), tmp_path), tmp_path / "history.json"
    done = CliRunner().invoke(app, ["prove", str(run), "--to", str(to)])
    assert done.exit_code == 0
    assert done.output.startswith("Linearizable: yes · one order explains ")
    assert "Conforms: yes · the rules of the model hold in " in done.output
    assert json.loads(to.read_text()) == json.loads(elle(record()))


def test_B12_what_no_order_explains_ends_the_command_with_1_and_is_shown(tmp_path):
    done = CliRunner().invoke(app, ["prove", str(written(BROKEN, tmp_path))])
    assert done.exit_code == 1
    assert "Linearizable: no · no order explains probe" in done.output
    assert "Conforms: no · charged-twice: probe is other and id-1050.1" in done.output
    assert "unexplained: probe 1051.000..1051.050 us-west-2: 201 other" in done.output


def test_evidence_without_a_journal_cannot_be_proven(tmp_path):
    run = written(record(), tmp_path)
    (run / "journal.jsonl").unlink()
    with pytest.raises(EvidenceUnread, match="cannot be proven by this version"):
        recorded(run)


def test_the_page_answers_both_questions_and_shows_the_window():
    sound, broken = (Reader(page(ReportData.of(of, judged(of)))).text for of in (record(), BROKEN))
    assert "Linearizable yes" in sound
    assert "Conforms yes" in sound
    assert "Linearizable no" in broken
    assert "unexplained: probe" in broken


def test_a_summary_of_an_older_version_says_that_nobody_asked():
    data = ReportData.of(record(), judged(record()))
    older = replace(data, summary=data.summary.model_copy(update={"proof": None}))
    assert "did not ask" in Reader(page(older)).text


def reads(of, key):
    """What each operation on *key* was told, in the order of the returns."""
    told = [one["value"][0] for one in json.loads(elle(of)) if one["type"] == "ok"]
    return [ids for kind, name, ids in told if (kind, name) == ("r", key)]


def test_B12_others_read_a_key_as_a_list_with_one_id():
    key = record().operations[3].key
    assert reads(record(), key) == [[record().operations[3].attempts[0].entry_id]] * 3
    assert reads(BROKEN, "probe") == [["id-1050.1"], ["other"], []]


def test_B12_an_effect_is_an_append_of_unknown_outcome_once_an_id():
    lines = [one for one in json.loads(elle(BROKEN)) if one["value"][0][:2] == ["append", "probe"]]
    assert sorted((one["value"][0][2], one["type"]) for one in lines) == [
        ("id-1050.1", "info"),
        ("id-1050.1", "invoke"),
        ("other", "info"),
        ("other", "invoke"),
    ]


def test_B12_others_read_the_lease_as_the_list_of_what_its_epochs_went_through():
    first, taken, serving = f"epoch 1 of {EAST}", f"epoch 2 of {WEST} (TAKING)", f"epoch 2 of {WEST}"
    assert reads(record(), "the lease")[-1] == [first, taken, serving]
    stale = replace(
        record().history,
        leases=[*record().history.leases, replace(lease(1101.0, 1, expires_at=1131.0))],
    )
    assert reads(record(history=stale), "the lease")[-1] == [first]


def test_B12_time_and_index_never_go_back():
    lines = json.loads(elle(record()))
    assert [one["index"] for one in lines] == list(range(len(lines)))
    assert [one["time"] for one in lines] == sorted({one["time"] for one in lines})


def test_a_drill_without_anything_is_an_empty_history():
    empty = record(operations=[], rows=[], journal=[], history=type(record().history)())
    assert json.loads(elle(empty)) == []


class Lists:
    """What others check the export against: a list that grows by one append at a time."""

    initial = ()

    def step(self, state, value):
        kind, _, told = value
        if kind == "append":
            return (*state, told)
        return state if state == tuple(told) else None


def strangers_explain(of) -> bool:
    """Whether each list of the export is linearizable, an append of unknown outcome left open."""
    called, lists = {}, defaultdict(list)
    for one in json.loads(elle(of)):
        if one["type"] == "invoke":
            called[one["process"]] = one["time"]
            continue
        returned = UNKNOWN if one["type"] == "info" else one["time"]
        value = one["value"][0]
        lists[value[1]].append(
            Op(called=called[one["process"]], returned=returned, value=value, told=str(value))
        )
    return all(linearize(history, Lists()).window is None for history in lists.values())


def test_B12_others_explain_what_we_explain():
    assert strangers_explain(record())


@pytest.mark.parametrize("fault", sorted(FAULTS.keys() - {"another amount"}))
def test_B12_others_find_in_the_export_what_we_find(fault):
    """But for amounts, which the export leaves out."""
    broken, _ = FAULTS[fault]
    assert not strangers_explain(broken)
