"""`dr budget`."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from budget.compute import compute
from budget.measured import DEFAULT_EVIDENCE, measured
from budget.screen import as_json, as_tables
from dr.envelope import write
from dr.exits import Exit
from lib.systems.load import load_settings


def budget(
    *,
    evidence: Annotated[
        Path, typer.Option(help="Summary of a drill; its figures stand beside the sums.")
    ] = DEFAULT_EVIDENCE,
    as_machine: Annotated[bool, typer.Option("--json", help="Print JSON for machines.")] = False,
) -> None:
    """Add up what a recovery takes, leg by leg, and say which objectives that allows.

    Exit code 5 when an objective is infeasible and not accepted in the settings.
    """
    found = compute(load_settings(), measured(evidence))
    code = Exit.UNHEALTHY if found.refused else Exit.DONE
    if as_machine:
        write("budget", code, as_json(found))
    else:
        Console().print(as_tables(found))
    raise typer.Exit(code)
