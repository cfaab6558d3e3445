"""`dr`: what an operator types. Exit codes: 0 done, 1 refused or not healthy, 2 wrong usage."""

import json
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from dr import evidence as sealed
from dr import outputs as flat
from dr.aws import probe, read_lease
from dr.budget.command import budget
from dr.budget.evidence import EvidenceError
from dr.deployment import DEFAULT_OUTPUTS, Deployment
from dr.guard.command import guard
from dr.guard.plan import PlanError
from dr.topology import Answer, Topology, survey
from failover.lease_table import LeaseUnknown
from lib.errors import SettingsError
from runtime.clock import now_ms

app = typer.Typer(
    help="Disaster recovery: see, test and steer which region takes payments.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command()(budget)
app.command()(guard)
OutputsFile = Annotated[Path, typer.Option("--outputs", help="The deployment's flat outputs.")]


@app.command()
def status(
    *,
    outputs: OutputsFile = DEFAULT_OUTPUTS,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for machines.")] = False,
) -> None:
    """Show both regions and the lease. Exit code 0 only when a region is ready.

    Works with one region gone: the lease is read through whichever region answers.
    """
    deployment = Deployment.load(outputs)
    topology = survey(
        deployment.api_endpoints,
        read_lease=lambda region: read_lease(deployment, region),
        probe=probe,
        unknown=LeaseUnknown,
    )
    now = now_ms()
    if as_json:
        sys.stdout.write(json.dumps(topology.as_json(now_ms=now), indent=2) + "\n")
    else:
        Console().print(_table(topology, now))
    raise typer.Exit(0 if any(view.ready is Answer.YES for view in topology.regions) else 1)


def _table(topology: Topology, now: int) -> Table:
    table = Table("region", "live", "ready", "lease", title=_headline(topology, now))
    for view in topology.regions:
        held = topology.lease and topology.lease.held_by(view.region)
        lease = topology.lease.state.value if topology.lease and held else ""
        table.add_row(view.region, view.live.value, view.ready.value, lease)
    return table


def _headline(topology: Topology, now: int) -> str:
    if topology.lease_read_in is None:
        return "lease unknown: no region could read it"
    if topology.lease is None:
        return "no lease yet: no region has taken the first epoch"
    left = (topology.lease.expires_at_ms - now) / 1000
    when = f"expires in {left:.0f} s" if left > 0 else f"expired {-left:.0f} s ago"
    return f"epoch {topology.lease.epoch}, {when}, automation {topology.lease.automation.value}"


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


def main() -> None:
    """Run a command; a known error is one line on standard error and exit code 1."""
    try:
        app()
    except (
        flat.OutputsError,
        SettingsError,
        EvidenceError,
        PlanError,
        sealed.EvidenceError,
    ) as error:
        Console(stderr=True, highlight=False).print(f"[red]error:[/red] {error}", soft_wrap=True)
        raise SystemExit(1) from None


if __name__ == "__main__":
    main()
