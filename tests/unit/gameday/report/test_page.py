"""The report's structure: what a browser, a printer and a screen reader rely on."""

from dataclasses import replace

import pytest

from gameday.judge.judgement import judge
from gameday.judge.settings import DrillSettings
from gameday.judge.summary import Terraform
from gameday.judge.timeline import Event
from gameday.observe.history import Mark
from gameday.observe.host_load import HostLoad
from gameday.report.page import topology
from gameday.report.page.budget import legs
from gameday.report.page.curve import curve
from gameday.report.page.markup import tag
from gameday.report.seconds import seconds
from gameday.targets.payments.scenarios import SCENARIOS
from lib.systems.load import load_settings
from tests.unit.gameday.builders import EAST, FAULT, NOBODY_MOVES, PAID, WEST, attempt, failed, operation
from tests.unit.gameday.reports import Reader, drawn, judged, record


@pytest.fixture(scope="module")
def text() -> str:
    return drawn(record(), resources=161, apply_s=224.0)


@pytest.fixture(scope="module")
def read(text) -> Reader:
    return Reader(text)


def test_the_page_is_whole_and_says_what_it_is(read):
    assert read.open == []
    assert read.all("html") == [{"lang": "en"}]
    assert len(read.all("h1")) == len(read.all("title")) - 4 == 1
    assert "local cloud" in read.text
    assert "S1: region killed" in read.text


def test_it_needs_no_network_and_runs_no_script(text, read):
    assert not read.all("script") + read.all("link") + read.all("img") + read.all("iframe")
    assert not [a for _, a in read.seen if {"src", "href", "onclick", "onload"} & a.keys()]
    assert "url(" not in text
    assert "@import" not in text


def test_what_was_told_is_text_and_never_markup(text):
    assert "<script>" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text


def test_every_picture_has_words_for_those_who_do_not_see_it(read):
    ids = [attributes.get("id") for _, attributes in read.seen if attributes.get("id")]
    assert len(ids) == len(set(ids))
    pictures = [picture for picture in read.all("svg") if "aria-hidden" not in picture]
    assert len(pictures) == 4
    for picture in pictures:
        assert picture["role"] == "img"
        assert set(picture["aria-labelledby"].split()) <= set(ids)


def test_every_table_has_a_caption_and_named_columns(read):
    assert len(read.all("caption")) == len(read.all("table")) >= 7
    assert {header["scope"] for header in read.all("th")} == {"col", "row"}


def test_it_fits_a_phone_paper_and_the_dark(text, read):
    assert {"name": "viewport", "content": "width=device-width, initial-scale=1"} in read.all("meta")
    assert "@media print" in text
    assert "prefers-color-scheme: dark" in text


def test_the_three_kinds_of_time_are_three_tables(read):
    captions = ("Measured on this machine", "Configured waits", "Declared by AWS")
    assert all(any(word.startswith(caption) for word in read.words) for caption in captions)


def test_a_missed_expectation_leads_and_is_said_in_words():
    read = Reader(drawn(record(rows=[])))
    assert "136 payments that a client saw acknowledged are gone." in read.text
    assert read.words.index("missed") < read.words.index("met")
    assert "-13,600" in read.words
    assert "Missed: payments lost, expected 0, measured 136." in read.words


def test_an_invalid_run_says_why():
    read = Reader(drawn(record(host=HostLoad(per_core=9.0, steal=0.0)), second_plan_changes=1))
    assert "Invalid: V40" in read.text


def test_the_report_tells_how_busy_the_machine_was():
    read = Reader(drawn(record(host=HostLoad(per_core=0.5, steal=0.021, pressure=0.26))))
    assert "load 0.5 a core, steal 2.1%, pressure 26%" in read.text


def test_the_report_tells_what_terraform_would_change_after_the_drill_or_that_nobody_asked():
    after = "after the drill, before anything was healed: plan of"
    read = Reader(drawn(record(), plan_changes_after={"usw2": 0, "use1": 1200, "world": None}))
    rows = [read.words[read.words.index(f"{after} {stack}") + 1] for stack in ("usw2", "use1", "world")]
    assert rows == ["none", "1,200", "there was no plan"]
    assert "not planned in this run" not in read.words
    assert "not planned in this run" in Reader(drawn(record())).words


def test_where_nobody_moves_nothing_of_the_objective_is_used():
    read = Reader(drawn(record(NOBODY_MOVES), "S11"))
    assert "Nobody moved" in read.text
    assert "The lease had to stay with us-east-1: 1 new epoch began instead." in read.text


def test_the_legs_add_up_to_the_restoration_and_the_declared_time():
    of = record()
    scenario, settings = SCENARIOS["S1"], DrillSettings.of(load_settings({}), 1.0)
    summary = judge(of, scenario, settings, rate=4.0, terraform=Terraform(), versions={}).summary
    found = legs(summary)
    assert [(leg.kind, leg.seconds) for leg in found] == [
        ("waiting", 36.0),
        ("measured", 4.5),
        ("waiting", 4.5),
        ("declared", 60),
    ]
    assert sum(leg.seconds for leg in found) == summary.measured.restored_s + 60


def test_B11_a_drill_that_plays_the_promotion_shows_acceptance_and_settling_apart():
    early = [operation(1045.0 + n / 4, attempt(1045.0 + n / 4, status=202)) for n in range(80)]
    late = [operation(1065.0 + n / 4) for n in range(80)]
    of = record(operations=[*PAID[:76], *early, *late], until=1085.0, settled_at=1130.0)
    summary = judged(of, "S22").summary
    assert [(leg.kind, leg.seconds) for leg in legs(summary)] == [
        ("waiting", 36.0),
        ("measured", 4.5),
        ("waiting", 4.5),
        ("measured", 20.0),
    ]
    assert summary.measured.settled_s == 130.0
    told = Reader(drawn(of, "S22")).text
    assert "After 45 s the last clients had followed: every request was accepted." in told
    assert "After 65 s requests were settled at once: full service." in told
    assert "accepted requests wait for the writer 20.0 s" in told


def test_seconds_count_from_the_fault_and_silent_ones_are_seconds_too():
    seen = seconds(
        [operation(998.5, failed(998.5), attempt(999.2)), operation(1001.0, attempt(1001.0, status=202))],
        fault_at=1000.0,
        since=998.0,
        until=1002.4,
    )
    assert [(s.after_s, s.settled, s.failed) for s in seen] == [(-2, 0, 1), (-1, 1, 0), (0, 0, 0), (1, 1, 0)]
    assert [s.p99_ms for s in seen] == [None, 50.0, None, 50.0]


def test_a_drill_without_a_single_attempt_still_has_a_picture():
    assert "0 attempts settled" in curve([], [Event(after_s=0.0, name="fault")], [], EAST)


def test_marks_that_are_close_stand_in_different_rows():
    seen = seconds(PAID, fault_at=1000.0, since=980.0, until=1060.0)
    events = [Event(after_s=n / 10, name=str(n)) for n in range(6)]
    drawn_marks = Reader(curve(seen, events, [], EAST)).all("circle")
    assert [mark["cy"] for mark in drawn_marks] == ["10", "30", "50", "70", "90", "90"]


def marked(*actions: str, fault=FAULT):
    return replace(fault, marks=tuple(Mark(at=1000.0, done_at=1000.1, what=action) for action in actions))


def test_the_pictures_show_who_held_what_and_what_was_done_to_whom():
    killed = marked(f"{EAST} killed", f"{EAST} returns")
    was, became = topology.before(killed, 1), topology.after(killed, 2)
    assert (was.left.holds, was.left.trouble, was.epoch, was.replicates) == (True, (), 1, True)
    assert (became.left.holds, became.left.trouble, became.right.holds) == (False, ("returns",), True)
    assert not became.replicates
    told = Reader(topology.picture(became, title="t", id_="i")).words
    assert {WEST, "lease · epoch 2", "returns"} <= set(told)


def test_a_cut_link_and_a_lost_witness_are_in_the_picture():
    cut = topology.after(marked(f"{EAST} cut off from {WEST}", fault=NOBODY_MOVES), 1)
    assert (cut.replicates, cut.left.holds, cut.left.trouble) == (False, True, (f"cut off from {WEST}",))
    lost = topology.after(marked("us-east-2 killed", fault=NOBODY_MOVES), 1)
    assert (lost.witness_trouble, lost.replicates) == ("us-east-2 killed", True)
    assert "us-east-2 killed" in Reader(topology.picture(lost, title="t", id_="i")).words


def test_text_is_escaped_and_markup_is_not():
    assert tag("p", "a < b", tag("b", "&"), title='"') == '<p title="&quot;">a &lt; b<b>&amp;</b></p>'


def test_a_part_that_moves_in_neither_region_is_no_trouble_of_the_witness():
    of = topology.after(marked("secret rotated", "global control planes killed", fault=NOBODY_MOVES), 1)
    assert of.witness_trouble == ""
