"""A deployed system that people visit, to hold one drill after the other."""

import asyncio
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console

from gameday.deployment import Stage
from gameday.judge.summary import Objectives
from gameday.judge.web import judge
from gameday.judge.web_summary import WebSummary
from gameday.judge.web_timeline import events
from gameday.observe.web import WebRecord
from gameday.plan.scenario import Plans
from gameday.report import evidence
from gameday.report.console import print_checks
from gameday.report.progress import Progress
from gameday.report.visit_seconds import seconds
from gameday.report.web_page import page
from gameday.targets.control import HEAL, order
from gameday.targets.visited import Visited
from gameday.versions import harness_versions
from gameday.web_drill import run_drill
from lib.systems.load import load_any
from localcloud.core.state import CloudState


@dataclass(frozen=True, slots=True, kw_only=True)
class WebRunner:
    """Implements gameday.series.Runner."""

    visited: Visited
    stage: Stage
    screen: Console
    evidence_folder: Path
    time_scale: float
    rate: float | None
    """Visits a second; None: as the scenario says."""

    def drill(self, scenario: str) -> WebSummary:
        """Run a scenario, write its evidence and print the report."""
        given, objectives = self.visited.scenarios[scenario], load_any().objectives
        if self.rate is not None:
            given = replace(given, load=replace(given.load, rate=self.rate))
        progress = Progress(self.screen)
        world = self.visited.world()
        progress.say(f"[bold]{given.code}[/bold] {given.title}: {given.expected}")
        name = f"{given.code}-{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
        record = asyncio.run(run_drill(world, given, progress, run=name))
        world.withdraw()
        changes = self.stage.plans_after(Plans.ALL, "", progress.say)
        summary = judge(
            record,
            given,
            system=self.visited.name,
            objectives=Objectives(rto_s=objectives.rto_s, rpo_s=objectives.rpo_s),
            waits=self.visited.waits(world, self.time_scale),
            time_scale=self.time_scale,
            terraform=self.stage.terraform.model_copy(update={"plan_changes_after": changes}),
            versions=harness_versions() | dict(self.stage.versions),
        )
        written = self._write(record, summary)
        print_checks(self.screen, summary, events(record.looks, record.fault), _told(summary))
        self.screen.print(f"evidence: {written}\nreport:   {written / evidence.REPORT}", soft_wrap=True)
        return summary

    def _write(self, record: WebRecord, summary: WebSummary) -> Path:
        seen = seconds(record.visits, fault_at=record.fault.at, since=record.steady_since, until=record.until)
        changed = events(record.looks, record.fault)
        with evidence.sealed(self.evidence_folder, record.fault.at, summary) as run:
            timeline = {"fault": asdict(record.fault), "events": [asdict(event) for event in changed]}
            evidence.write_json(run / "timeline.json", timeline)
            evidence.write_lines(run / "visits.jsonl", (asdict(visit) for visit in record.visits))
            evidence.write_lines(run / "looks.jsonl", (asdict(look) for look in record.looks))
            (run / evidence.REPORT).write_text(page(summary, seen, changed, record.looks))
        return run

    def heal(self) -> None:
        """End every fault of the cloud."""
        order(CloudState.load(), HEAL)
        self.visited.mend()


def _told(summary: WebSummary) -> str:
    counts = summary.counts
    return (
        f"{counts.visits} visits, {counts.failed} failed after the fault, {counts.entries} entries "
        f"acknowledged, {counts.lost} lost"
    )
