"""Rules beside the figures of a drill, and the page for management."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from gameday.judge.summary import Summary
from gameday.observe.dr_answers import DrAnswer
from gameday.report import evidence
from gameday.report.advice import ADVICE, advice
from gameday.report.controls import controls, known
from gameday.report.management import page
from gameday.targets.payments.scenarios import SCENARIOS
from tests.unit.gameday.builders import FAULT
from tests.unit.gameday.reports import RESCUED, Reader, judged, record

ROOT = Path(__file__).parents[4]
SOUND = judged(record()).summary
LOST = judged(record(rows=[one for one in record().rows if one.idempotency_key != RESCUED.key])).summary
PLANNED = {"second_plan_changes": 0, "plan_changes_after": {"payments-usw2": 0}}
FAMILIES = (
    *(f"RTS 2024/1774 Art. {article}" for article in (24, 25, 26)),
    *("PCI DSS 4.0.1", "SOC 2", "17 CFR 242.1001", "17 CFR 242.1004"),
    *("RTS 6", "RTS 7", "PFMI 17", "FINRA 4370"),
)


@pytest.fixture(scope="module")
def run(tmp_path_factory) -> Path:
    of = record()
    return evidence.write(tmp_path_factory.mktemp("runs"), of, judged(of))


def answered(summary: Summary):
    return {row.rule: row for row in controls(summary).rows}


@pytest.mark.parametrize("control", known(), ids=lambda control: control.rule)
def test_B14_each_row_names_a_field_a_file_and_scenarios_that_exist(control, run):
    fields = {**SOUND.model_dump(by_alias=True), **controls(SOUND).model_dump()}
    limits = [limit for limit in (control.at_most, control.at_least) if isinstance(limit, str)]
    for path in (control.field, *limits):
        found = fields
        for name in path.split("."):
            assert name in found, path
            found = found[name]
    assert set(control.scenarios) <= SCENARIOS.keys()
    assert (run / control.evidence).exists()


@pytest.mark.parametrize("family", FAMILIES)
def test_B14_every_family_of_rules_has_a_row(family):
    assert [control.rule for control in known() if control.rule.startswith(family)]


def test_B14_there_are_enough_rows_each_rule_once_and_all_states():
    assert len({control.rule for control in known()}) == len(known()) >= 25
    assert {control.state for control in known()} == {"shown locally", "needs a run on AWS", "organisational"}


def test_B14_a_figure_stands_beside_its_objective_with_what_is_left():
    row = answered(SOUND)["RTS 2024/1774 Art. 24(1)(b), recovery time"]
    assert (row.objective, row.measured) == (900, SOUND.measured.restored_s)
    assert row.margin == 900 - SOUND.measured.restored_s
    assert not row.missed


def test_B14_a_lost_request_is_a_rule_missed_and_a_deficiency():
    found = controls(LOST)
    assert answered(LOST)["FINRA 4370(c)(1)"].margin == -1
    assert "payments lost: expected 0, measured 1" in found.deficiencies
    assert answered(LOST)["RTS 2024/1774 Art. 25, results"].missed


def test_B14_what_this_drill_does_not_show_has_no_figure():
    rows = answered(SOUND)
    moved, aws = rows["RTS 2024/1774 Art. 25(2)(c)"], rows["RTS 2024/1774 Art. 25(2)(b)"]
    assert (moved.objective, moved.measured, moved.margin, moved.scenarios) == (2, None, None, ("S6",))
    assert (aws.state, aws.objective, aws.measured) == ("needs a run on AWS", 900, None)
    assert answered(SOUND.model_copy(update={"scenario": "S6"}))[moved.rule].margin == -2


def test_B14_a_rule_without_a_figure_has_neither_objective_nor_margin():
    row = answered(SOUND)["SOC 2 A1.3"]
    assert (row.objective, row.measured, row.margin) == (None, SOUND.verdict, None)


def test_B14_the_record_names_analysis_assumptions_and_deficiencies(run):
    named = SOUND.objectives.model_copy(update={"bia": "GRC-17"})
    found = controls(SOUND.model_copy(update={"objectives": named}))
    assert (found.bia_reference, found.deficiencies) == ("GRC-17", ())
    assert controls(SOUND).bia_reference is None
    assert any("aurora_promotion" in assumed for assumed in found.assumptions)
    written = json.loads((run / "controls.json").read_text())
    assert (written["schema"], len(written["rows"])) == ("1", len(known()))


def test_the_page_for_management_says_what_failed_what_to_do_and_where():
    told = Reader(page(LOST, controls(LOST))).text
    assert "payments lost 0 1" in " ".join(told.split())
    assert ADVICE["requests lost"].do in told
    assert ADVICE["requests lost"].file in told
    assert "Rules that were missed" in told
    assert "named nowhere: set objectives.bia in the settings" in told


def test_a_drill_that_met_everything_needs_no_advice():
    told = Reader(page(SOUND, controls(SOUND))).text
    assert f"Nothing: all {len(SOUND.checks)} expectations were met." in told
    assert "No rule that this drill can answer was missed." in told


def test_an_invalid_run_says_why_before_anything_else():
    invalid = SOUND.model_copy(update={"verdict": "invalid", "invalid_reasons": ("V40 overloaded",)})
    assert "Invalid: V40 overloaded" in Reader(page(invalid, controls(invalid))).text


def test_every_expectation_of_every_scenario_has_advice_and_a_file_to_change():
    asked = [
        DrAnswer(at=FAULT.at + 1, command=command, seconds=1.0, within_s=10.0, exit_code=0)
        for command in ("status", "check")
    ]
    looked = record(history=replace(record().history, answers=asked))
    names = {check.name for code in SCENARIOS for check in judged(looked, code, **PLANNED).summary.checks}
    assert len(names) > 25
    used = {advice(name) for name in names}
    assert used == set(ADVICE.values())
    assert [one.file for one in used if not (ROOT / one.file).exists()] == []


def test_advice_is_the_same_whatever_a_system_calls_its_requests():
    assert advice("orders lost", "order") == ADVICE["requests lost"]
    assert advice("answers that deny what was acknowledged", "order").file == "docs/evidence.md"


def test_B14_the_docs_name_the_fields_of_a_row():
    text = (ROOT / "docs" / "evidence.md").read_text()
    named = set(re.findall(r"`(rule|text|field|objective|measured|margin|evidence|state|scenarios)`", text))
    assert named == set(controls(SOUND).rows[0].model_dump())
