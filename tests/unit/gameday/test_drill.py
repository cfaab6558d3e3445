"""A miniature drill, end to end: real HTTP, real clients, real observers; only the cloud is fake."""

import asyncio
import hashlib
import io
import json
from dataclasses import replace

import pytest
from rich.console import Console

from gameday import evidence
from gameday.drill import Record, run_drill
from gameday.errors import NotSteady
from gameday.judge import Judgement, judge
from gameday.load import LoadPlan
from gameday.progress import Progress
from gameday.report import print_report
from gameday.scenario import Expect, FaultKind, Follow, Given, Scenario
from gameday.settings import DrillSettings
from gameday.summary import ConfiguredWaits, Objectives, Terraform
from gameday.validity import HostLoad
from gameday.world import ObservationFailed
from tests.unit.gameday.builders import EAST, WEST
from tests.unit.gameday.fakes import FakeWorld, running

PLAN = LoadPlan(rate=40.0, ramp_s=0.5, populations=4, request_timeout_s=0.5)
MINIATURE = Scenario(
    code="S1",
    title="miniature",
    fault=FaultKind.KILL_PRIMARY,
    expect=Expect(restored_s=10.0),
    given=Given(within_s=0.7, steady_s=2.2),
    follow=Follow(good_s=2, after_restored_s=0.0, at_most_s=12.0, drain_s=5.0, settle_s=1.0),
)
SETTINGS = DrillSettings(
    objectives=Objectives(rto_s=900, rpo_s=300),
    waits=ConfiguredWaits(
        lease_ttl_s=1,
        tick_s=1,
        clock_skew_s=0,
        dns_ttl_s=1,
        health_check_interval_s=1,
        health_check_threshold=1,
    ),
    time_scale=1.0,
)
CALM = HostLoad(per_core=0.5, steal=0.0)


def console() -> Console:
    return Console(file=io.StringIO(), width=120)


async def drilled(world: FakeWorld):
    async with running(world):
        record = await run_drill(world, MINIATURE, PLAN, Progress(console()), run="mini")
    return replace(record, host=CALM)  # the machine of a test may be busy


@pytest.fixture(scope="module")
def record() -> Record:
    return asyncio.run(drilled(FakeWorld()))


def judged(record: Record) -> Judgement:
    return judge(record, MINIATURE, SETTINGS, rate=PLAN.rate, terraform=Terraform(), versions={"a": "1"})


def test_a_region_that_takes_over_meets_every_expectation(record):
    summary = judged(record).summary
    assert summary.invalid_reasons == ()
    assert [check for check in summary.checks if not check.met] == []
    assert summary.verdict == "met"
    assert summary.payments.attempted == summary.payments.acknowledged == len(record.operations) > 150
    assert summary.payments.unanswered == 0
    assert {attempt.region for one in record.operations for attempt in one.acknowledgements} == {EAST, WEST}
    assert summary.calls.during_recovery == 1


def test_the_moments_are_those_of_the_fake_takeover(record):
    measured = judged(record).summary.measured
    assert 0.75 <= measured.detected_s <= 1.5
    assert 1.5 <= measured.active_s <= 2.5
    assert measured.dns_moved_s < measured.ready_s
    assert 1 <= measured.restored_s <= 6
    assert measured.rpo_s == 0.0


def test_a_ledger_that_forgot_payments_is_found_out(record):
    summary = judged(replace(record, rows=record.rows[3:])).summary
    assert summary.valid
    assert summary.payments.lost == 3
    assert 2.0 <= summary.measured.rpo_s <= 10.0
    assert summary.verdict == "missed"


def test_an_invalid_run_says_nothing_however_good_it_looks(record):
    summary = judged(replace(record, host=HostLoad(per_core=9.0, steal=0.0))).summary
    assert all(check.met for check in summary.checks)
    assert (summary.valid, summary.verdict) == (False, "invalid")


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
    assert set(manifest) == {path.name for path in run.iterdir()} - {"manifest.json"}
    for name, digest in manifest.items():
        assert hashlib.sha256((run / name).read_bytes()).hexdigest() == digest
    lines = (run / "operations.jsonl").read_text().splitlines()
    assert [json.loads(line)["key"] for line in lines] == [one.key for one in record.operations]


def test_latest_is_the_last_run(record, tmp_path):
    later = replace(record, fault=replace(record.fault, at=record.fault.at + 60))
    first, second = (evidence.write(tmp_path, one, judged(record)) for one in (record, later))
    assert first != second
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

    with pytest.raises(NotSteady, match="last failure: ObservationFailed: there is no lease yet"):
        await drilled(Blind())


async def test_a_primary_that_is_not_ready_never_starts_a_drill():
    with pytest.raises(NotSteady, match="us-east-1 was not ready, or DNS did not name it, within 1 s"):
        await drilled(FakeWorld(state="TAKING"))
