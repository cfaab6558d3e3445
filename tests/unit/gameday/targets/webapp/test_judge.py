"""What a drill of the web application is judged by."""

import io
from dataclasses import replace

import pytest
from rich.console import Console

from gameday.judge.summary import Objectives, Terraform
from gameday.judge.web import judge
from gameday.judge.web_timeline import events
from gameday.load.visits import PAGE
from gameday.observe.host_load import HostLoad
from gameday.plan.web import Bars
from gameday.report.console import print_checks
from gameday.report.visit_seconds import seconds
from gameday.report.web_page import headline, page
from gameday.targets.webapp.scenarios import SCENARIOS
from tests.unit.gameday.targets.webapp.web_record import (
    AGAIN,
    BEFORE,
    FAULT,
    LESS,
    entries,
    record,
    visit,
    visits,
)


def judged(given, *, code="W-1", bars=None, changes=0, rto_s=300, scenario=None):
    scenario = scenario or SCENARIOS[code]
    return judge(
        given,
        replace(scenario, bars=bars) if bars else scenario,
        objectives=Objectives(rto_s=rto_s, rpo_s=60),
        waits={"draining": 30.0},
        time_scale=1.0,
        terraform=Terraform(resources=200, apply_s=60.0, second_plan_changes=changes),
        versions={"python": "3.11"},
    )


def missed(summary):
    return [check.name for check in summary.checks if not check.met]


def failing(*starts, **told):
    """The visits of the record, and failed ones besides."""
    return [*visits(), *(visit(FAULT + start, status=None, error="TimeoutError", **told) for start in starts)]


def test_an_instance_that_is_replaced_unnoticed_meets_every_bar():
    summary = judged(record())
    assert (summary.verdict, missed(summary)) == ("met", [])
    assert summary.measured.restored_s == 0.0
    assert summary.measured.whole_s == 30.0
    assert (summary.counts.failed, summary.counts.entries, summary.counts.lost) == (0, 90, 0)


def test_one_visit_in_a_hundred_may_fail_at_first_and_none_later():
    assert judged(record(visits=failing(1.0, 2.0, 3.0))).verdict == "met", "3 of 303"
    assert missed(judged(record(visits=failing(1.0, 2.0, 3.0, 4.0)))) == [
        "failed visits of the first 15 s, per mille"
    ]
    assert missed(judged(record(visits=failing(15.0)))) == ["failed visits after 15 s"]


def test_an_instance_that_was_not_replaced_is_a_miss():
    assert "instances replaced" in missed(judged(record(looks=[BEFORE, LESS, replace(BEFORE, at=1030.0)])))


def test_a_group_that_does_not_become_whole_is_a_miss():
    summary = judged(record(looks=[BEFORE, LESS], ended=False))
    assert "what was to come came in time" in missed(summary)
    assert "as many instances as should serve within, s" in missed(summary)
    assert summary.measured.whole_s is None


def test_an_entry_that_was_acknowledged_and_is_gone_is_a_miss_even_on_an_overloaded_machine():
    busy = HostLoad(per_core=9.0, steal=0.0)
    summary = judged(record(entries=entries(since=10), host=busy))
    assert (summary.verdict, summary.counts.lost) == ("missed", 1)
    assert not summary.valid
    assert headline(summary).startswith("1 entries")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"visits": [one for one in visits() if one.started > FAULT - 3]}, "V20"),
        ({"visits": [one for one in visits() if one.started < FAULT + 3]}, "V20"),
        ({"visits": failing(*[-5.0] * 20)}, "V21"),
        ({"visits": [replace(one, due=one.started - 1) for one in visits()]}, "V30"),
    ],
)
def test_a_run_that_proves_nothing_says_why(changes, code):
    summary = judged(record(**changes))
    assert summary.verdict == "invalid"
    assert [reason[:3] for reason in summary.invalid_reasons] == [code]
    assert headline(summary) == "This run proves nothing, whatever its figures say."


def test_a_slow_machine_is_an_excuse_for_a_miss_and_for_nothing_else():
    slow = HostLoad(per_core=1.0, steal=0.0, pressure=0.9)
    assert judged(record(host=slow)).verdict == "met"
    assert judged(record(host=slow, visits=failing(15.0))).verdict == "invalid"


def test_a_bad_release_must_ring_roll_back_and_never_answer():
    bars = Bars(refresh="RollbackSuccessful", rings="unhealthy-targets", replaced=0, other_versions=0)
    rang = replace(BEFORE, at=1200.0, ringing=("webapp-unhealthy-targets-dev",), refresh="RollbackInProgress")
    back = replace(BEFORE, at=1300.0, refresh="RollbackSuccessful")
    assert judged(record(looks=[BEFORE, rang, back]), bars=bars).verdict == "met"
    quiet = replace(rang, ringing=())
    assert missed(judged(record(looks=[BEFORE, quiet, back]), bars=bars)) == ["alarm unhealthy-targets rang"]
    served = replace(rang, version="bad-1")
    assert missed(judged(record(looks=[BEFORE, served, back]), bars=bars)) == ["looks with another version"]
    assert missed(judged(record(looks=[BEFORE, rang]), bars=bars)) == ["refresh ended RollbackSuccessful"]


def test_the_page_of_the_other_region_is_an_answer_and_not_the_application():
    away = [replace(one, by=PAGE) if FAULT < one.started < FAULT + 20 else one for one in visits()]
    bars = Bars(first_permille=1000.0, later=None, served_s=5.0)
    summary = judged(record(visits=away), bars=bars, rto_s=10)
    assert summary.measured.answered_s == 0.0
    assert missed(summary) == ["recovery time objective, s"]
    assert summary.measured.restored_s == pytest.approx(19.9, abs=0.2)


def test_an_entry_whose_id_another_one_has_now_is_lost():
    given = entries() - {(0, "entry 0")} | {(0, "of another writer")}
    assert judged(record(entries=given)).counts.lost == 1


def test_a_promotion_may_lose_what_the_recovery_point_objective_allows_and_no_more():
    bars = Bars(first_permille=1000.0, later=None, lost=None)
    late = record(entries=entries() - {(290, "entry 290")})
    assert judged(late, bars=bars).verdict == "met"
    assert judged(late, bars=bars).measured.rpo_s == 0.5, "the entry of a half second before the fault"
    assert missed(judged(replace(late, fault=replace(late.fault, at=FAULT + 60)), bars=bars)) == [
        "recovery point objective, s"
    ]


def test_writes_may_fail_for_longer_where_the_bar_says_so():
    given = record(
        visits=[
            replace(one, status=503) if one.write and FAULT < one.started < 1020 else one for one in visits()
        ]
    )
    bars = Bars(writes_s=30.0)
    assert missed(judged(given)) != []
    assert judged(given, bars=bars).verdict == "met"
    assert missed(judged(given, bars=replace(bars, writes_s=10.0))) == [
        "entries can be written again within, s"
    ]
    reads = record(visits=failing(1.0))
    assert missed(judged(reads, bars=bars)) == ["failed reads of the first 15 s, per mille"]


def test_a_group_that_should_grow_must_grow_and_lose_nobody():
    bars = Bars(grown=1, replaced=0)
    more = replace(BEFORE, at=1020.0, desired=4, in_service=("i-1", "i-2", "i-3", "i-4"))
    assert judged(record(looks=[BEFORE, more]), bars=bars).verdict == "met"
    assert missed(judged(record(looks=[BEFORE, replace(BEFORE, at=1020.0)]), bars=bars)) == [
        "instances more than before"
    ]
    assert missed(judged(record(looks=[BEFORE, LESS, more]), bars=bars)) == ["instances fewer than before"]


def test_remediation_that_acts_twice_is_a_miss_and_the_page_tells_what_it_did():
    done = ("M32_scale_out webapp-web-dev: accepted", "M45_fail_over webapp-writer-use1-dev: accepted")
    bars = Bars(actions=1)
    looks = [BEFORE, replace(BEFORE, at=1020.0)]
    assert judged(record(looks=looks, actions=done[:1]), bars=bars).verdict == "met"
    assert missed(judged(record(looks=looks, actions=()), bars=bars)) == ["actions of remediation"]
    twice = judged(record(looks=looks, actions=done), bars=bars)
    assert missed(twice) == ["actions of remediation"]
    assert done[1] in page(twice, [], [], looks)


def test_an_object_must_be_read_in_the_other_region_in_time():
    looks = [BEFORE, replace(BEFORE, at=1010.0, copied=False), replace(BEFORE, at=1020.0, copied=True)]
    assert judged(record(looks=looks), bars=Bars(copied_s=20.0)).verdict == "met"
    never = record(looks=looks[:2])
    for given, limit in ((record(looks=looks), 19.0), (never, 20.0)):
        assert missed(judged(given, bars=Bars(copied_s=limit))) == [
            "object read in the other region within, s"
        ]


def test_three_times_the_load_must_have_come():
    given = record(looks=[BEFORE, replace(BEFORE, at=1020.0)])
    plan = replace(SCENARIOS["W-7"], load=SCENARIOS["W-1"].load)
    assert [reason[:3] for reason in judged(given, scenario=plan).invalid_reasons] == ["V20"]


def test_visitors_who_fail_to_the_end_are_not_served_again():
    gone = [replace(one, status=503) if one.started > FAULT else one for one in visits()]
    summary = judged(record(visits=gone), code="W-8")
    assert summary.measured.restored_s is None
    assert "recovery time objective, s" in missed(summary)


def test_a_second_plan_that_would_change_something_is_a_miss():
    assert missed(judged(record(), changes=1)) == ["changes in the second plan"]


def test_what_was_seen_becomes_a_timeline_and_a_page():
    given = record(visits=failing(1.0, 2.0))
    told = [(event.after_s, event.name, event.detail) for event in events(given.looks, given.fault)]
    assert told == [
        (0.0, "fault", "instance i-1 killed"),
        (1.0, "out of service", "i-1"),
        (30.0, "alarm", "x-slow-dev rings"),
        (30.0, "in service", "i-4"),
        (30.0, "whole", "3 instances serve"),
    ]
    summary = judged(given)
    seen = seconds(given.visits, fault_at=FAULT, since=988.0, until=1030.0)
    text = page(summary, seen, events(given.looks, given.fault), [BEFORE, LESS, AGAIN])
    assert "W-1: instance killed" in text
    assert "2 of 3" in text
    assert "Some visitors noticed for a moment, and no entry was lost." in text
    assert sum(one.failed for one in seen) == 2


def test_alarms_refreshes_and_names_that_change_are_told():
    given = record()
    rang = replace(BEFORE, at=1001.0, ringing=("slow",), refresh="InProgress", leads_to="s3-website-x")
    over = replace(BEFORE, at=1002.0, refresh="Successful", version="web-2")
    silent = replace(over, at=1003.0, version="", leads_to="")
    told = [(event.name, event.detail) for event in events([rang, over, silent], given.fault)]
    assert told == [
        ("fault", "instance i-1 killed"),
        ("alarm over", "slow"),
        ("refresh", "Successful"),
        ("dns moved", "a fresh answer names web.us-east-1.elb.amazonaws.com"),
        ("version", "web-2"),
        ("version", "nobody answers"),
    ], "without a look before the fault the first one after it is what was before"


def test_a_page_says_at_once_what_was_missed_and_that_nobody_noticed():
    well = judged(record())
    assert headline(well) == "Nobody noticed, and no entry was lost."
    missed_one = judged(record(looks=[BEFORE, LESS, replace(LESS, at=1030.0)], ended=False))
    assert headline(missed_one) == "No entry was lost, but not everything went as it must."
    same = replace(BEFORE, at=991.0)
    text = page(missed_one, [], [], [BEFORE, same])
    assert "Missed: what was to come came in time, expected 1, measured 0." in text
    assert text.count("3 of 3") == 1, "what stays as it was is told once"
    slow = HostLoad(per_core=9.0, steal=0.0)
    assert "Invalid: V40" in page(judged(record(host=slow), changes=1), [], [], [BEFORE])


def test_an_overloaded_machine_excuses_a_miss_and_takes_nothing_from_a_run_without_one():
    busy = record(host=HostLoad(per_core=9.0, steal=0.0))
    assert judged(busy).verdict == "met"
    assert judged(busy, changes=1).invalid_reasons == ("V40 the host was overloaded: load of 9.0 a core",)


def test_the_console_tells_the_timeline_the_expectations_and_the_figures():
    screen = Console(file=io.StringIO(), width=200)
    given = record()
    print_checks(screen, judged(given), events(given.looks, given.fault), "900 visits, 0 failed")
    printed = screen.file.getvalue()
    assert "instance i-1 killed" in printed
    assert "W-1: MET · 900 visits, 0 failed" in printed
