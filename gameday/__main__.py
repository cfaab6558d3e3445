"""`python -m gameday drill`: deploy both regions here, break them under load, prove the recovery."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from gameday import commands, stage
from gameday.chaos.commands import app as chaos
from gameday.errors import GameDayError
from gameday.ground import LocalGround
from gameday.scenarios import SCENARIOS
from gameday.series import Code, run_series, worst
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
ALL = "all"


@app.command("list")
def list_scenarios() -> None:
    """Show every scenario, in the order in which `drill --scenario all` runs them."""
    table = Table("code", "what is done", "who must move")
    for scenario in SCENARIOS.values():
        table.add_row(scenario.code, scenario.title, scenario.expect.moves_told)
    screen.print(table)


@app.command()
def drill(
    *,
    scenario: Annotated[
        str, typer.Option(help="Codes of scenarios, with commas between them, or all.")
    ] = "S1",
    time_scale: Annotated[
        float, typer.Option(min=0.1, help="What the local cloud divides check intervals by.")
    ] = 1.0,
    rate: Annotated[
        float | None, typer.Option(min=1, help="Payments a second.", show_default="the scenario's")
    ] = None,
    folder: Annotated[
        Path, typer.Option("--evidence", help="Where the evidence goes.", show_default="evidence")
    ] = REPOSITORY / "evidence",
) -> None:
    """Put load on the system, break it, and prove that it did what the protocol says.

    Exit codes: 0 every expectation met, 1 one missed, 2 no verdict because of a known error or wrong
    usage, 3 the run is invalid and proves nothing. Several scenarios end with the worst: 2, 1, 3, 0.
    """
    chosen = list(SCENARIOS) if scenario == ALL else scenario.split(",")
    if unknown := [code for code in chosen if code not in SCENARIOS]:
        raise typer.BadParameter(f"{unknown[0]} is none of: {', '.join(SCENARIOS)}, {ALL}")

    @contextmanager
    def deployed() -> Iterator[LocalGround]:
        with stage.fresh(say, time_scale=time_scale) as ready:
            yield LocalGround(
                stage=ready, screen=screen, evidence_folder=folder, time_scale=time_scale, rate=rate
            )

    if len(chosen) == 1:
        with deployed() as ground:
            code = Code.of(ground.drill(scenario))
        raise typer.Exit(code)
    outcomes = run_series(chosen, deployed, say)
    for name, outcome in outcomes.items():
        screen.print(f"{name:4} {outcome.name.lower():8} {SCENARIOS[name].title}")
    raise typer.Exit(worst(list(outcomes.values())))


for command in (commands.watch, commands.report, commands.index, commands.export):
    app.command()(command)
app.add_typer(chaos, name="chaos")


def say(line: str) -> None:
    """Print one line of progress with the time of day."""
    screen.print(f"[dim]{time.strftime('%H:%M:%S')}[/dim] {line}", soft_wrap=True)


def main() -> None:
    """Run a command; a known error is one line and exit code 2."""
    try:
        app()
    except (GameDayError, LocalCloudError, SettingsError) as error:
        Console(stderr=True, highlight=False).print(f"[red]error:[/red] {error}", soft_wrap=True)
        raise SystemExit(Code.ERROR) from None


if __name__ == "__main__":
    main()
