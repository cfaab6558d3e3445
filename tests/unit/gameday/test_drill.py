"""A miniature drill, end to end: real HTTP, real clients, real observers; only the cloud is fake."""

import json
from dataclasses import replace
from xml.etree import ElementTree

import pytest

from evidence import manifest as sealed
from gameday.errors import LedgerUnread, NotSteady, ObservationFailed
from gameday.observe.host_load import HostLoad
from gameday.observe.record import Record
from gameday.plan.faults import Step
from gameday.report import evidence
from gameday.report.console import print_report
from gameday.report.junit import junit
from gameday.targets.operators import HALT, RESUME_TRADING
from tests.unit.gameday import simulated
from tests.unit.gameday.builders import EAST, WEST
from tests.unit.gameday.fakes import FakeWorld
from tests.unit.gameday.miniature import (
    LAG,
    MINIATURE,
    PREPARED,
    WITNESS_LOST,
    Drilled,
    all_at_once,
    console,
    drilled,
    judged,
)

pytestmark = pytest.mark.simulated


@pytest.fixture(scope="module")
def drills() -> Drilled:
    return simulated.run(all_at_once())


@pytest.fixture
def record(drills) -> Record:
    return drills.moved


def test_a_region_that_takes_over_meets_every_expectation(record):
    summary = judged(record).summary
    assert summary.invalid_reasons == ()
    assert [check for check in summary.checks if not check.met] == []
    assert summary.verdict == "met"
    assert summary.requests.attempted == summary.requests.acknowledged == len(record.operations) > 150
    assert summary.requests.unanswered == 0
    assert {attempt.region for one in record.operations for attempt in one.acknowledgements} == {EAST, WEST}
    assert summary.calls.during_recovery == 1


def test_a_region_that_is_not_ready_says_why_and_one_without_an_answer_is_the_error(record):
    told = {seen.reason for seen in record.history.readiness if not seen.ready}
    assert "H30_not_holder" in told
    assert any(reason.startswith("Client") for reason in told)
    assert {seen.reason for seen in record.history.readiness if seen.ready} == {""}


def test_the_moments_are_those_of_the_fake_takeover(record):
    measured = judged(record).summary.measured
    assert 0.75 <= measured.detected_s <= 0.9
    assert 1.5 <= measured.active_s <= 1.7
    assert measured.dns_moved_s < measured.ready_s
    assert 1 <= measured.restored_s <= 6
    assert measured.rpo_s == 0.0


def test_a_drill_looks_on_until_dns_names_the_holder_however_soon_callers_were_served(drills):
    summary = judged(drills.forwarded).summary
    assert summary.measured.restored_s + MINIATURE.follow.good_s + 1 < summary.measured.dns_moved_s
    assert summary.steady.dns_moves == 1


def test_a_ledger_that_forgot_payments_is_found_out(record):
    summary = judged(replace(record, rows=record.rows[3:])).summary
    assert summary.valid
    assert summary.requests.lost == 3
    assert 2.0 <= summary.measured.rpo_s <= 10.0
    assert summary.verdict == "missed"


def test_an_invalid_run_says_nothing_however_good_it_looks(record):
    late = [replace(one, due=one.due - 1) for one in record.operations]
    summary = judged(replace(record, operations=late)).summary
    assert all(check.met for check in summary.checks)
    assert (summary.valid, summary.verdict) == (False, "invalid")


def test_an_overloaded_machine_excuses_a_miss_and_takes_nothing_from_a_run_without_one(record):
    busy = replace(record, host=HostLoad(per_core=9.0, steal=0.0))
    assert (judged(busy).summary.valid, judged(busy).summary.verdict) == (True, "met")
    proven = replace(MINIATURE, expect=replace(MINIATURE.expect, least_rescued=1))
    assert judged(record, proven).summary.verdict == "missed"
    assert judged(busy, proven).summary.invalid_reasons == (
        "V40 the host was overloaded: load of 9.0 a core",
    )


def test_an_overloaded_machine_excuses_no_lost_payment(record):
    summary = judged(replace(record, rows=record.rows[3:], host=HostLoad(per_core=9.0, steal=0.0))).summary
    assert (summary.valid, summary.verdict) == (False, "missed")


def test_a_machine_under_pressure_excuses_slowness_and_nothing_else(record):
    pressed = replace(record, host=HostLoad(per_core=0.5, steal=0.0, pressure=0.5))
    assert judged(pressed).summary.verdict == "met"
    hasty = replace(MINIATURE, expect=replace(MINIATURE.expect, restored_s=0.1))
    assert judged(record, hasty).summary.verdict == "missed"
    assert judged(pressed, hasty).summary.invalid_reasons == (
        "V42 processes waited for a processor in 50% of half a minute",
    )
    proven = replace(hasty, expect=replace(hasty.expect, least_rescued=1))
    assert judged(pressed, proven).summary.verdict == "missed"


def test_the_evidence_can_be_checked_later(record, tmp_path):
    run = evidence.write(tmp_path, record, judged(record))
    summary = json.loads((tmp_path / "latest" / "summary.json").read_text())
    assert (summary["schema"], summary["scenario"], summary["cloud"], summary["valid"]) == (
        "1",
        "S1",
        "local",
        True,
    )
    manifest = json.loads((run / "manifest.json").read_text())
    assert {file["name"] for file in manifest["files"]} == {
        *("calls.jsonl", "controls.json", "findings.json", "journal.jsonl", "junit.xml", "ledger.jsonl"),
        *("management.html", "operations.jsonl", "report.html", "steps.jsonl", "summary.json"),
        "timeline.json",
    }
    assert sealed.verify(run) == []
    lines = (run / "operations.jsonl").read_text().splitlines()
    assert [json.loads(line)["key"] for line in lines] == [one.key for one in record.operations]


def test_the_open_orders_of_a_system_that_lists_them_are_judged_and_kept(record, tmp_path):
    known = frozenset(operation.entry_id for operation in record.operations)
    outcome = judged(replace(record, listed=known))
    assert (outcome.summary.verdict, outcome.summary.orders.open) == ("met", len(record.operations))
    run = evidence.write(tmp_path, record, outcome)
    assert len(json.loads((run / "orders.json").read_text())["open"]) == len(record.operations)
    one_less = judged(replace(record, listed=known - {record.operations[0].entry_id})).summary
    missed = [check.name for check in one_less.checks if not check.met]
    assert (one_less.verdict, missed) == ("missed", ["open orders that are not listed"])


async def test_a_drill_knows_when_order_entry_was_halted():
    steps = (
        *WITNESS_LOST.steps[:1],
        Step(after_s=0.5, action=HALT),
        Step(after_s=1.5, action=RESUME_TRADING),
    )
    fault = (await drilled(FakeWorld(), replace(WITNESS_LOST, steps=steps))).fault
    assert [fault.halted(fault.at + after_s) for after_s in (0.4, 1.0, 1.6)] == [False, True, False]
    unlifted = (await drilled(FakeWorld(), replace(WITNESS_LOST, steps=steps[:2]))).fault
    assert unlifted.halted(unlifted.at + 100.0)
    assert not replace(unlifted, halted_from=None).halted(unlifted.at + 1.0)


def test_latest_is_the_last_run(record, tmp_path):
    later = replace(record, fault=replace(record.fault, at=record.fault.at + 60))
    first, second = (evidence.write(tmp_path, one, judged(record)) for one in (record, later))
    assert first != second
    assert sealed.verify(tmp_path) == []
    assert json.loads((second / "manifest.json").read_text())["previous"] == sealed.head(first)
    assert (tmp_path / "latest").resolve() == second.resolve()


def test_the_report_keeps_the_three_kinds_of_time_apart(record):
    screen, outcome = console(), judged(record)
    print_report(screen, outcome.summary, outcome.events)
    printed = screen.file.getvalue()
    for word in ("restored", "measured", "configured", "declared by AWS", "FailoverGlobalCluster", "S1: MET"):
        assert word in printed


async def test_what_could_not_be_observed_is_told_when_a_drill_cannot_start():
    class Blind(FakeWorld):
        async def lease(self):
            raise ObservationFailed("there is no lease yet")

    with pytest.raises(
        NotSteady, match="the lease is held by nobody; ObservationFailed: there is no lease yet"
    ):
        await drilled(Blind())


async def test_a_primary_that_is_not_ready_never_starts_a_drill():
    with pytest.raises(NotSteady, match=r"us-east-1 does not serve: it is not ready"):
        await drilled(FakeWorld(state="TAKING"))


async def test_a_drill_that_begins_elsewhere_says_who_holds_the_lease_and_where_dns_leads():
    with pytest.raises(NotSteady, match="DNS names us-west-2; the lease is held by us-west-2"):
        await drilled(FakeWorld(holder=WEST))


async def test_a_system_whose_automation_is_paused_never_starts_a_drill():
    class Paused(FakeWorld):
        async def lease(self):
            return replace(await super().lease(), automatic=False)

    with pytest.raises(NotSteady, match="does not serve: automation is paused"):
        await drilled(Paused())


def test_where_nobody_may_move_the_holders_own_ledger_counts_and_every_step_is_taken(drills):
    record = drills.stayed
    assert [mark.what for mark in record.fault.marks] == ["us-east-2 killed", "us-east-2 returns"]
    assert 0.5 <= record.fault.marks[1].at - record.fault.at < 0.51
    assert drills.kept.ledger_of == EAST
    summary = judged(record, WITNESS_LOST).summary
    assert [check for check in summary.checks if not check.met] == []
    assert (summary.holder_before, summary.holder_after, summary.verdict) == (EAST, EAST, "met")
    assert summary.measured.restored_s == 0.0
    assert summary.measured.detected_s is None


def test_what_the_scenario_prepares_is_done_before_the_load_and_the_steps_are_asked_for(drills):
    record, world = drills.prepared, drills.lagging
    assert world.struck[0] == LAG
    assert [mark.what for mark in record.fault.marks] == ["us-east-1 killed"]
    assert world.asked_of == [WEST], "the region that was lost cannot tell"
    assert judged(record, PREPARED).summary.steady.loss == "L20_journal_complete"


def test_both_regions_tell_their_steps_where_none_was_lost(drills):
    assert sorted(drills.kept.asked_of) == [EAST, WEST]


def test_steps_that_cannot_be_read_give_no_verdict(drills):
    with pytest.raises(LedgerUnread, match="does not tell"):
        raise drills.mute


def test_a_takeover_that_nobody_asked_for_is_a_miss(record):
    missed = [check.name for check in judged(record, WITNESS_LOST).summary.checks if not check.met]
    assert "epochs begun" in missed


def test_a_holder_that_stayed_although_it_had_to_go_is_a_miss(record):
    history = replace(record.history, leases=[seen for seen in record.history.leases if seen.epoch == 1])
    missed = [check for check in judged(replace(record, history=history)).summary.checks if not check.met]
    assert ("epochs begun", 1, 1, 0) in [(c.name, c.at_least, c.limit, c.measured) for c in missed]


def test_evidence_of_an_older_kind_starts_a_new_chain(record, tmp_path):
    (tmp_path / "latest").mkdir()
    (tmp_path / "latest" / "manifest.json").write_text('{"summary.json": "0"}')
    (tmp_path / "latest").rename(tmp_path / "old")
    (tmp_path / "latest").symlink_to("old")
    run = evidence.write(tmp_path, record, judged(record))
    assert json.loads((run / "manifest.json").read_text())["previous"] == sealed.GENESIS


def test_every_expectation_is_a_case_for_a_continuous_integration_system(record):
    outcome = judged(replace(record, rows=record.rows[3:], host=HostLoad(per_core=9.0, steal=0.0))).summary
    suite = ElementTree.fromstring(junit(outcome))  # noqa: S314 - written a line before
    assert suite.get("name") == "gameday S1 (local cloud)"
    assert (suite.get("tests"), suite.get("errors")) == (str(len(outcome.checks) + 1), "1")
    failed = [case.get("name") for case in suite if case.find("failure") is not None]
    assert failed == [check.name for check in outcome.checks if not check.met]
    assert "payments lost" in failed
    assert suite.find("testcase/error").get("message").startswith("V40")
