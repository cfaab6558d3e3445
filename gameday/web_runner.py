"""The deployed web application to hold one drill after the other."""

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
from gameday.targets.webapp.home import lead_home
from gameday.targets.webapp.scenarios import SCENARIOS
from gameday.targets.webapp.world import WebWorld
from gameday.versions import harness_versions
from gameday.web_drill import run_drill
from lib.settings.web import ACTIONS
from lib.systems.load import load_any
from lib.systems.webapp.settings import WebappSettings
from localcloud.core.state import CloudState


@dataclass(frozen=True, slots=True, kw_only=True)
class WebRunner:
    """Implements gameday.series.Runner."""

    stage: Stage
    screen: Console
    evidence_folder: Path
    time_scale: float
    rate: float | None
    """Visits a second; None: as the scenario says."""

    def drill(self, scenario: str) -> WebSummary:
        """Run a scenario, write its evidence and print the report."""
        given, settings = SCENARIOS[scenario], _settings()
        if self.rate is not None:
            given = replace(given, load=replace(given.load, rate=self.rate))
        progress = Progress(self.screen)
        world = _world(settings)
        progress.say(f"[bold]{given.code}[/bold] {given.title}: {given.expected}")
        name = f"{given.code}-{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
        record = asyncio.run(run_drill(world, given, progress, run=name))
        world.withdraw()
        changes = self.stage.plans_after(Plans.ALL, "", progress.say)
        summary = judge(
            record,
            given,
            objectives=Objectives(rto_s=settings.objectives.rto_s, rpo_s=settings.objectives.rpo_s),
            waits=waits(world, settings, self.time_scale),
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
        """End every fault of the cloud; the writer is the first database again."""
        order(CloudState.load(), HEAL)
        lead_home(_world(_settings()))


def waits(world: WebWorld, settings: WebappSettings, time_scale: float) -> dict[str, float]:
    """What is configured to make everybody wait, in seconds."""
    dns = settings.dns
    return {
        "balancer leaves a target": world.leaves_after_s / time_scale,
        "Route 53 leaves the balancer": dns.health_check_interval_s * dns.health_check_threshold / time_scale,
        "resolvers keep an answer": 60.0,
        "grace of a new instance": settings.instances.grace_s,
        "warm-up": settings.instances.warm_up_s,
    }


def _told(summary: WebSummary) -> str:
    counts = summary.counts
    return (
        f"{counts.visits} visits, {counts.failed} failed after the fault, {counts.entries} entries "
        f"acknowledged, {counts.lost} lost"
    )


def _world(settings: WebappSettings) -> WebWorld:
    return WebWorld.deployed(
        settings.public_name,
        region=settings.here.name,
        other=settings.there.name,
        actions_table=settings.name(ACTIONS),
    )


def _settings() -> WebappSettings:
    settings = load_any()
    if not isinstance(settings, WebappSettings):
        raise TypeError(f"{settings.system} is not the web application")
    return settings
