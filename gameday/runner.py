"""The deployed local cloud to hold one drill after the other."""

import asyncio
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console

from gameday.deployment import Stage
from gameday.drill import run_drill
from gameday.judge.judgement import judge
from gameday.judge.settings import DrillSettings
from gameday.judge.summary import Summary
from gameday.plan.scenario import Side
from gameday.report import evidence
from gameday.report.console import print_report
from gameday.report.live.look import FILE
from gameday.report.progress import Progress
from gameday.targets import cloud
from gameday.targets.operators import SWITCHOVER
from gameday.targets.two_regions.healing import heal, holder
from gameday.targets.two_regions.system import TwoRegionSystem
from gameday.targets.two_regions.world import LocalWorld
from gameday.versions import harness_versions
from lib.settings.two_regions import TwoRegionSettings
from lib.systems.load import load_settings


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalRunner:
    """Implements gameday.series.Runner."""

    system: TwoRegionSystem
    stage: Stage
    screen: Console
    evidence_folder: Path
    time_scale: float
    rate: float | None
    """New requests a second; None: as the scenario says."""

    def drill(self, scenario: str) -> Summary:
        """Run a scenario, write its evidence and print the report."""
        given, settings = self.system.scenarios[scenario], load_settings()
        progress = Progress(self.screen, FILE)
        world = self._at_side(given.precondition.side, settings, progress)
        progress.say(f"[bold]{given.code}[/bold] {given.title}; {world.primary} holds the lease")
        plan = given.load if self.rate is None else replace(given.load, rate=self.rate)
        name = f"{given.code}-{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
        record = asyncio.run(run_drill(world, given, plan, progress, run=name))
        survivor = next(region for region in settings.regions if region.name == record.fault.survivor)
        changes = self.stage.plans_after(given.plans, settings.name(survivor.code), progress.say)
        judgement = judge(
            record,
            given,
            DrillSettings.of(settings, self.time_scale),
            rate=plan.rate,
            terraform=self.stage.terraform.model_copy(update={"plan_changes_after": changes}),
            versions=harness_versions() | dict(self.stage.versions),
        )
        written = evidence.write(self.evidence_folder, record, judgement)
        progress.ended(judgement.summary.verdict)
        print_report(self.screen, judgement.summary, judgement.events)
        self.screen.print(f"evidence: {written}\nreport:   {written / evidence.REPORT}", soft_wrap=True)
        return judgement.summary

    def heal(self) -> None:
        """End all faults and let automation run again; then no region is dead, and any view will do."""
        heal(LocalWorld.of(cloud.load(), load_settings(), self.system))

    def _at_side(self, side: Side, settings: TwoRegionSettings, progress: Progress) -> LocalWorld:
        """The world once the lease is where the scenario wants it."""
        world = self._world(settings)
        at_home = world.primary == settings.primary.name
        if side is Side.ANY or at_home == (side is Side.HOME):
            return world
        progress.say(f"{world.primary} holds the lease, the scenario begins elsewhere: dr switchover")
        SWITCHOVER.type(world.deployed.state, world.places)
        return self._world(settings)

    def _world(self, settings: TwoRegionSettings) -> LocalWorld:
        """The world as seen from the region that does not hold the lease."""
        deployed = cloud.load()
        views = {
            name: LocalWorld.of(deployed, settings, self.system, holder=name)
            for name in deployed.state.regions
        }
        return views[holder(*views.values())]
