"""`dr`: what an operator types."""

import json
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from dr import approve, automation, look, operate
from dr import evidence as sealed
from dr import outputs as flat
from dr.aws import AwsUnavailable, Cloud
from dr.budget.command import budget
from dr.budget.evidence import EvidenceError
from dr.deployment import DEFAULT_OUTPUTS, Deployment
from dr.guard.command import guard
from dr.guard.plan import PlanError
from dr.operations import Refused
from dr.options import AsJson, OutputsFile
from dr.screen import topology_table
from dr.topology import Answer
from failover.approvals import ApprovalsUnavailable
from failover.lease_table import LeaseError
from failover.takeover import TakeoverNotStarted
from lib.errors import SettingsError
from runtime.clock import now_ms

app = typer.Typer(
    help="Disaster recovery: see, test and steer which region takes payments.",
    epilog="Exit codes: 0 done, 1 refused, failed or not healthy, 2 wrong usage, 3 result unknown.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(look.commands)
app.add_typer(operate.commands)
app.add_typer(approve.commands)
app.add_typer(automation.commands)
app.command()(budget)
app.command()(guard)


@app.command()
def status(*, outputs: OutputsFile = DEFAULT_OUTPUTS, as_json: AsJson = False) -> None:
    """Show both regions and the lease. Exit code 0 only when a region is ready.

    Works with one region gone: the lease is read through whichever region answers.
    """
    topology = Cloud(Deployment.load(outputs)).topology()
    now = now_ms()
    if as_json:
        sys.stdout.write(json.dumps(topology.as_json(now_ms=now), indent=2) + "\n")
    else:
        Console().print(topology_table(topology, now))
    raise typer.Exit(0 if any(view.ready is Answer.YES for view in topology.regions) else 1)


@app.command("outputs")
def flatten_outputs(
    written: Annotated[Path, typer.Argument(help="What `cdktf deploy --outputs-file` wrote.")],
    outputs: OutputsFile = DEFAULT_OUTPUTS,
) -> None:
    """Flatten the outputs of a deploy into the file that tests and this command read."""
    flattened = flat.write(flat.read(written), outputs)
    Console().print(f"{len(flattened)} outputs written to {outputs}")


evidence = typer.Typer(help="Evidence of drills.", no_args_is_help=True)
app.add_typer(evidence, name="evidence")


@evidence.callback()
def _evidence() -> None:
    """Keep `verify` a command of its own although it is the only one."""


@evidence.command("verify")
def verify_evidence(
    folder: Annotated[Path, typer.Argument(help="A run, or the folder of all runs.")],
    *,
    noted: Annotated[str, typer.Option("--head", help="The head of the run that was noted elsewhere.")] = "",
) -> None:
    """Find any file that was changed, added or removed since the evidence was sealed."""
    problems = sealed.verify(folder)
    if noted and sealed.head(folder) != noted:
        problems.append(f"the head is {sealed.head(folder)}, not the noted one")
    screen = Console(highlight=False)
    for problem in problems:
        screen.print(f"[red]broken:[/red] {problem}", soft_wrap=True)
    if not problems:
        screen.print(f"sound: {folder}", soft_wrap=True)
    raise typer.Exit(1 if problems else 0)


KNOWN = (
    flat.OutputsError,
    sealed.EvidenceError,
    ApprovalsUnavailable,
    AwsUnavailable,
    EvidenceError,
    LeaseError,
    PlanError,
    Refused,
    SettingsError,
    TakeoverNotStarted,
)


def main() -> None:
    """Run a command; a known error is one line on standard error and exit code 1."""
    try:
        app()
    except KNOWN as error:
        Console(stderr=True, highlight=False).print(f"[red]error:[/red] {error}", soft_wrap=True)
        raise SystemExit(1) from None


if __name__ == "__main__":
    main()
