"""`python -m gameday drill`: deploy both regions here, break them under load, prove the recovery."""

import asyncio
import platform
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from gameday import cloud, evidence, stage
from gameday.drill import run_drill
from gameday.errors import GameDayError
from gameday.judge import judge
from gameday.load import LoadPlan
from gameday.local_world import LocalWorld
from gameday.progress import Progress
from gameday.report import print_report
from gameday.scenarios import SCENARIOS
from gameday.settings import DrillSettings
from gameday.summary import Terraform, Verdict
from lib import config
from lib.errors import SettingsError
from localcloud.errors import LocalCloudError
from localcloud.paths import REPOSITORY

app = typer.Typer(
    help="Drills on the local cloud.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
screen = Console(highlight=False)
EXIT_CODES: dict[Verdict, int] = {"met": 0, "missed": 1, "invalid": 3}


@app.callback()
def _group() -> None:
    """Keep `drill` a command of its own although it is the only one."""


def run(
    scenario: str,
    *,
    time_scale: float,
    rate: float,
    folder: Path,
    terraform: Terraform,
    versions: Mapping[str, str],
) -> Verdict:
    """Run a scenario, write its evidence, print the report and return the verdict.

    *terraform* and *versions* are what the caller knows of the deployment; they end up in the summary.
    """
    given, settings = SCENARIOS[scenario], config.load()
    world, progress = LocalWorld.of(cloud.load(), settings), Progress(screen)
    progress.say(f"[bold]{given.code}[/bold] {given.title}")
    name = f"{given.code}-{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
    record = asyncio.run(run_drill(world, given, LoadPlan(rate=rate), progress, run=name))
    judgement = judge(
        record,
        given,
        DrillSettings.of(settings, time_scale),
        rate=rate,
        terraform=terraform,
        versions=harness_versions() | dict(versions),
    )
    written = evidence.write(folder, record, judgement)
    print_report(screen, judgement.summary, judgement.events)
    screen.print(f"evidence: {written}", soft_wrap=True)
    return judgement.summary.verdict


def harness_versions() -> dict[str, str]:
    """Versions of what put the load on and looked on."""
    packages = ("boto3", "pg8000", "aiohttp", "cdktf")
    return {"python": platform.python_version(), **{name: version(name) for name in packages}}


@app.command()
def drill(
    *,
    scenario: Annotated[str, typer.Option(help="Code of the scenario.")] = "S1",
    time_scale: Annotated[
        float, typer.Option(min=0.1, help="What the local cloud divides check intervals by.")
    ] = 1.0,
    rate: Annotated[float, typer.Option(min=1, help="Payments a second.")] = 40.0,
    folder: Annotated[
        Path, typer.Option("--evidence", help="Where the evidence goes.", show_default="evidence")
    ] = REPOSITORY / "evidence",
) -> None:
    """Put load on the system, break it, and prove that it recovers without losing a payment.

    Exit codes: 0 every objective met, 1 an objective missed, 2 the drill could not be held, 3 the run
    is invalid: the machine or the start was not fit for a verdict, so hold it again.
    """
    if scenario not in SCENARIOS:
        raise typer.BadParameter(f"{scenario} is none of: {', '.join(SCENARIOS)}")
    with stage.fresh(say, time_scale=time_scale) as deployed:
        verdict = run(
            scenario,
            time_scale=time_scale,
            rate=rate,
            folder=folder,
            terraform=deployed.terraform,
            versions=deployed.versions,
        )
    raise typer.Exit(EXIT_CODES[verdict])


def say(line: str) -> None:
    """Print one line of progress with the time of day."""
    screen.print(f"[dim]{time.strftime('%H:%M:%S')}[/dim] {line}", soft_wrap=True)


def main() -> None:
    """Run a command; a known error is one line and exit code 2."""
    try:
        app()
    except (GameDayError, LocalCloudError, SettingsError) as error:
        Console(stderr=True, highlight=False).print(f"[red]error:[/red] {error}", soft_wrap=True)
        raise SystemExit(2) from None


if __name__ == "__main__":
    main()
