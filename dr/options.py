"""Options that several commands share."""

from pathlib import Path
from typing import Annotated

import typer

OutputsFile = Annotated[
    Path, typer.Option("--outputs", envvar="DR_OUTPUTS", help="The deployment's flat outputs.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show what would happen; change nothing.")]
To = Annotated[str | None, typer.Option("--to", help="The region that is to serve. Default: the other one.")]
Region = Annotated[
    str | None, typer.Option("--region", help="Where. Default: the region that takes requests.")
]
Soak = Annotated[
    int | None,
    typer.Option("--soak", min=0, help="Seconds the holder must have served. Default: as deployed."),
]
