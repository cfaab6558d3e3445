"""failover, switchover, failback, retry, abort and reset-lease: the commands that move a system."""

from collections.abc import Callable
from pathlib import Path

import typer

from dr import operations, reset
from dr.aws import Cloud
from dr.deployment import DEFAULT_OUTPUTS, Deployment
from dr.envelope import write
from dr.exits import Exit
from dr.limits import move_s
from dr.options import AsJson, DryRun, OutputsFile, Region, Soak, To, Yes
from dr.rules import Purpose
from dr.takeover import Move, screen
from dr.waiting import deadline

commands = typer.Typer()


def _mover(outputs: Path, soak: int | None = None) -> Cloud:
    """What *outputs* name, to move it there: from now on with the time that this may take."""
    deployment = Deployment.load(outputs).soaked(soak)
    deadline.set(move_s(deployment))
    return Cloud(deployment)


def _moves(purpose: Purpose) -> Callable[..., None]:
    """A command that moves the system to the region that is named, or to the other one."""

    def move(
        *,
        to: To = None,
        outputs: OutputsFile = DEFAULT_OUTPUTS,
        yes: Yes = False,
        dry_run: DryRun = False,
        as_json: AsJson = False,
    ) -> None:
        cloud = _mover(outputs)
        Move(cloud=cloud, yes=yes, dry_run=dry_run, as_json=as_json).make(purpose, to)

    return move


commands.command(
    "failover",
    help="Force the surviving region to serve, when the holder is lost. Needs nothing of the lost region.",
)(_moves(Purpose.FAILOVER))
commands.command(
    "switchover",
    help="Move to the other region as planned, without losing a request. Needs both regions.",
)(_moves(Purpose.SWITCHOVER))


@commands.command()
def failback(
    *,
    soak: Soak = None,
    outputs: OutputsFile = DEFAULT_OUTPUTS,
    yes: Yes = False,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Move home, once the home region has rejoined and the failover is acknowledged."""
    cloud = _mover(outputs, soak)
    Move(cloud=cloud, yes=yes, dry_run=dry_run, as_json=as_json).make(Purpose.FAILBACK)


@commands.command()
def retry(*, outputs: OutputsFile = DEFAULT_OUTPUTS, as_json: AsJson = False) -> None:
    """Start a takeover again that is held; it goes on from what it finds."""
    cloud = _mover(outputs)
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


@commands.command("reset-lease")
def reset_lease(
    *,
    region: Region = None,
    outputs: OutputsFile = DEFAULT_OUTPUTS,
    yes: Yes = False,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Begin a new epoch where the writer is, when the lease or the ledger's fence cannot be right."""
    cloud = _mover(outputs)
    situation = cloud.situation()
    lease = reset.wanted(cloud, situation, region)
    move = Move(cloud=cloud, yes=yes, dry_run=dry_run, as_json=as_json)
    move.propose(reset.question(lease), "reset-lease")
    move.finish(reset.begin(cloud, situation.lease, lease), "reset-lease")
