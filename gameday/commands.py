"""Commands beside the drill: watch one, draw its report again, list all runs, export a scenario."""

import json
import webbrowser
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from gameday.chaos.experiment import experiment
from gameday.errors import NotExportable
from gameday.judge.proof import prove as judge
from gameday.report import index as runs
from gameday.report.data import read
from gameday.report.dependencies import dependencies as dependencies_of
from gameday.report.dependencies import table
from gameday.report.elle import elle
from gameday.report.live.server import serve
from gameday.report.page import page
from gameday.report.proof_words import lines
from gameday.report.recorded import recorded
from gameday.targets.payments.scenarios import SCENARIOS
from localcloud.core.paths import REPOSITORY

EVIDENCE = REPOSITORY / "runs"


def watch(
    *,
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port on 127.0.0.1.")] = 8042,
    browser: Annotated[bool, typer.Option("--browser", help="Open the page, too.")] = False,
) -> None:
    """Serve a page on 127.0.0.1 that shows the drill as it happens; Ctrl-C ends it."""
    if browser:
        webbrowser.open(f"http://127.0.0.1:{port}/")
    serve(port, typer.echo)


def report(
    run: Annotated[Path, typer.Argument(help="Folder of a run's evidence.")] = EVIDENCE / "latest",
    *,
    to: Annotated[Path, typer.Option(help="File to write.")] = Path("report.html"),
) -> None:
    """Draw the report of a run again from its evidence, which stays as it was sealed."""
    to.write_text(page(read(run)))
    typer.echo(f"report: {to}")


def prove(
    run: Annotated[Path, typer.Argument(help="Folder of a run's evidence.")] = EVIDENCE / "latest",
    *,
    to: Annotated[
        Path | None, typer.Option(help="Write the history for elle-cli, too.", show_default="nowhere")
    ] = None,
) -> None:
    """Prove the history of a run again from its evidence.

    Exit code 1: it is not linearizable, or breaks a rule of the model.
    """
    record = recorded(run)
    proof = judge(record)
    for line in lines(proof):
        typer.echo(line)
    if to is not None:
        to.write_text(elle(record))
        typer.echo(f"history: {to}")
    raise typer.Exit(int(not (proof.linearizable and proof.conforms)))


def dependencies(
    run: Annotated[Path, typer.Argument(help="Folder of a run's evidence.")] = EVIDENCE / "latest",
) -> None:
    """Show which AWS service in which region the recovery of a run used, and which it did without."""
    Console(highlight=False).print(table(dependencies_of(run)))


def index(
    folder: Annotated[Path, typer.Argument(help="Folder of all runs.")] = EVIDENCE,
) -> None:
    """Write the page over all runs: which scenario ended how, and where its report is."""
    typer.echo(f"index: {runs.write(folder)}")


def export(
    scenario: Annotated[str, typer.Argument(help="Code of the scenario.")],
    *,
    to: Annotated[Path | None, typer.Option(help="File to write.", show_default="standard output")] = None,
    python: Annotated[str, typer.Option(help="Python that runs the commands.")] = ".venv/bin/python",
) -> None:
    """Write a scenario as an experiment of the Chaos Toolkit."""
    if scenario not in SCENARIOS:
        raise typer.BadParameter(f"{scenario} is none of: {', '.join(SCENARIOS)}")
    try:
        text = json.dumps(experiment(SCENARIOS[scenario], python=python), indent=2)
    except NotExportable as error:
        raise typer.BadParameter(str(error)) from error
    if to is None:
        typer.echo(text)
    else:
        to.write_text(text + "\n")
