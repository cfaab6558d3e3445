"""failover, switchover, failback, retry and abort: the commands that move payments."""

import typer

from dr import operations
from dr.aws import Cloud
from dr.deployment import DEFAULT_OUTPUTS, Deployment
from dr.envelope import write
from dr.exits import Exit
from dr.options import AsJson, DryRun, OutputsFile, Soak, To, Yes
from dr.rules import Purpose
from dr.takeover import Move, screen

commands = typer.Typer()


@commands.command()
def failover(
    *,
    to: To = None,
    outputs: OutputsFile = DEFAULT_OUTPUTS,
    yes: Yes = False,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Force the surviving region to serve, when the holder is lost. Needs nothing of the lost region."""
    cloud = Cloud(Deployment.load(outputs))
    Move(cloud=cloud, yes=yes, dry_run=dry_run, as_json=as_json).make(Purpose.FAILOVER, to)


@commands.command()
def switchover(
    *,
    to: To = None,
    outputs: OutputsFile = DEFAULT_OUTPUTS,
    yes: Yes = False,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Move payments to the other region as planned, without losing one. Needs both regions."""
    cloud = Cloud(Deployment.load(outputs))
    Move(cloud=cloud, yes=yes, dry_run=dry_run, as_json=as_json).make(Purpose.SWITCHOVER, to)


@commands.command()
def failback(
    *,
    soak: Soak = None,
    outputs: OutputsFile = DEFAULT_OUTPUTS,
    yes: Yes = False,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Move payments home, once the home region has rejoined and the failover is acknowledged."""
    cloud = Cloud(Deployment.load(outputs).soaked(soak))
    Move(cloud=cloud, yes=yes, dry_run=dry_run, as_json=as_json).make(Purpose.FAILBACK)


@commands.command()
def retry(*, outputs: OutputsFile = DEFAULT_OUTPUTS, as_json: AsJson = False) -> None:
    """Start a takeover again that is held; it goes on from what it finds."""
    cloud = Cloud(Deployment.load(outputs))
    lease = operations.lease_of_topology(cloud.topology())
    Move(cloud=cloud, as_json=as_json).finish(operations.retry(cloud, lease), "retry")


@commands.command()
def abort(*, outputs: OutputsFile = DEFAULT_OUTPUTS, as_json: AsJson = False) -> None:
    """Call a switchover or failback off that drains and does not end; the old region serves again."""
    cloud = Cloud(Deployment.load(outputs))
    lease = operations.abort(cloud, operations.lease_of_topology(cloud.topology()))
    if as_json:
        write("abort", Exit.DONE, {"holder": lease.holder, "epoch": lease.epoch, "state": lease.state})
    screen.print(f"{lease.holder} serves again, in epoch {lease.epoch}")
