"""`python -m gameday drill`: deploy both regions here, break them under load, prove the recovery."""

import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from gameday import commands, deployment
from gameday.chaos.commands import app as chaos
from gameday.errors import GameDayError
from gameday.registry import target
from gameday.runs import Runs
from gameday.series import Code, Runner, run_series
from lib.errors import SettingsError
from localcloud.core.errors import LocalCloudError
from localcloud.core.paths import REPOSITORY

app = typer.Typer(
    help="Drills on the local cloud.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
screen = Console(highlight=False)
ALL = "all"
AsJson = Annotated[
    bool, typer.Option("--json", help="Print JSON for machines; all else is on standard error.")
]


@app.command("list")
def list_scenarios(*, as_json: AsJson = False) -> None:
    """Show every scenario, in the order in which `drill --scenario all` runs them."""
    scenarios = target().scenarios
    if as_json:
        listed = [{"code": code, "title": one.title, "moves": one.moves} for code, one in scenarios.items()]
        sys.stdout.write(json.dumps(listed, indent=2) + "\n")
        return
    table = Table("code", "what is done", "what must follow")
    for code, one in scenarios.items():
        table.add_row(code, one.title, one.expected)
    screen.print(table)


@app.command()
def drill(
    *,
    scenario: Annotated[
        str | None,
        typer.Option(help="Code of the scenario, several with commas, or all.", show_default="the usual one"),
    ] = None,
    runs: Annotated[int, typer.Option(min=1, help="How often; then min, median and max are told.")] = 1,
    time_scale: Annotated[
        float, typer.Option(min=0.1, help="What the local cloud divides check intervals by.")
    ] = 1.0,
    rate: Annotated[
        float | None, typer.Option(min=1, help="New requests a second.", show_default="the scenario's")
    ] = None,
    retries: Annotated[
        int, typer.Option(min=0, help="So many invalid runs, which prove nothing, are held again.")
    ] = 0,
    running: Annotated[
        bool,
        typer.Option("--running", help="Use the cloud of `make up`, heal it before and after, and leave it."),
    ] = False,
    folder: Annotated[
        Path, typer.Option("--evidence", help="Where the evidence goes.", show_default="runs")
    ] = REPOSITORY / "runs",
    as_json: AsJson = False,
) -> None:
    """Put load on the system, break it, and prove that it did what the protocol says.

    Exit codes: 0 every expectation met, 1 one missed, 2 no verdict because of a known error or wrong
    usage, 3 the run is invalid and proves nothing. Several scenarios end with the worst: 2, 1, 3, 0.
    """
    held = target()
    known = [*held.scenarios]
    codes = known if scenario == ALL else (scenario or held.usual).split(",")
    if strange := [code for code in codes if code not in known]:
        raise typer.BadParameter(f"{strange[0]} is none of: {', '.join(known)}, {ALL}")
    if running and time_scale != 1:
        raise typer.BadParameter("the cloud of `make up` runs at real settings: without --running only")
    screen.stderr = as_json  # then standard output is for the machine

    @contextmanager
    def deployed() -> Iterator[Runner]:
        with deployment.standing(say) if running else deployment.fresh(say, time_scale=time_scale) as ready:
            runner = held.runner(
                stage=ready, screen=screen, evidence_folder=folder, time_scale=time_scale, rate=rate
            )
            if running:
                runner.heal()  # whatever happened to it before
            yield runner
            if running:
                runner.heal()

    outcome = Runs.of(run_series(codes * runs, deployed, say, retries=retries))
    outcome.show(screen)
    screen.print(f"summary: {outcome.write(folder)}", soft_wrap=True)
    if as_json:
        sys.stdout.write(outcome.model_dump_json(by_alias=True, indent=2) + "\n")
    raise typer.Exit(outcome.exit_code)


for command in (
    commands.watch,
    commands.report,
    commands.prove,
    commands.dependencies,
    commands.index,
    commands.export,
):
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
