"""pause, resume and ack: whether an expired lease is taken over without a person."""

import typer
from rich.console import Console

from dr import operations
from dr.aws import Cloud
from dr.deployment import DEFAULT_OUTPUTS, Deployment
from dr.envelope import write
from dr.exits import Exit
from dr.options import AsJson, OutputsFile
from failover.lease import Automation, Lease

commands = typer.Typer()
screen = Console(highlight=False)


@commands.command()
def pause(*, outputs: OutputsFile = DEFAULT_OUTPUTS, as_json: AsJson = False) -> None:
    """Stop automatic failover. The lease and its fence work on."""
    lease = _set(Cloud(Deployment.load(outputs)), Automation.PAUSED)
    _tell("pause", lease, as_json=as_json)


@commands.command()
def resume(*, outputs: OutputsFile = DEFAULT_OUTPUTS, as_json: AsJson = False) -> None:
    """Allow automatic failover again, after a pause."""
    lease = _set(Cloud(Deployment.load(outputs)), Automation.RUNNING)
    _tell("resume", lease, as_json=as_json)


@commands.command()
def ack(*, outputs: OutputsFile = DEFAULT_OUTPUTS, as_json: AsJson = False) -> None:
    """Acknowledge the failover of this epoch, which allows the next one. Typed again it changes nothing."""
    cloud = Cloud(Deployment.load(outputs))
    topology = cloud.topology()
    before = operations.acknowledged_before(operations.lease_of_topology(topology))
    lease = operations.automate(cloud, topology, Automation.RUNNING, acknowledge=True)
    if before and not as_json:
        paused = "; it is paused since: dr resume" if lease.automation is Automation.PAUSED else ""
        screen.print(f"the failover of epoch {lease.epoch} is acknowledged already{paused}", soft_wrap=True)
    _tell("ack", lease, as_json=as_json, acknowledged_before=before)


def _set(cloud: Cloud, automation: Automation) -> Lease:
    return operations.automate(cloud, cloud.topology(), automation, acknowledge=False)


def _tell(command: str, lease: Lease, *, as_json: bool, **more: bool) -> None:
    if as_json:
        told = {"automation": lease.automation, "epoch": lease.epoch, "holder": lease.holder}
        write(command, Exit.DONE, {**told, "acknowledged_epoch": lease.acknowledged_epoch, **more})
    else:
        screen.print(f"automation {lease.automation} in epoch {lease.epoch}")
