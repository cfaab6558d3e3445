"""pause, resume and ack: whether an expired lease is taken over without a person."""

import typer
from rich.console import Console

from dr import operations
from dr.aws import Cloud
from dr.deployment import DEFAULT_OUTPUTS, Deployment
from dr.options import OutputsFile
from failover.lease import Automation

commands = typer.Typer()


@commands.command()
def pause(*, outputs: OutputsFile = DEFAULT_OUTPUTS) -> None:
    """Stop automatic failover. The lease and its fence work on."""
    _set(outputs, Automation.PAUSED, acknowledge=False)


@commands.command()
def resume(*, outputs: OutputsFile = DEFAULT_OUTPUTS) -> None:
    """Allow automatic failover again, after a pause."""
    _set(outputs, Automation.RUNNING, acknowledge=False)


@commands.command()
def ack(*, outputs: OutputsFile = DEFAULT_OUTPUTS) -> None:
    """Acknowledge the failover of this epoch, which allows the next one."""
    _set(outputs, Automation.RUNNING, acknowledge=True)


def _set(outputs: OutputsFile, automation: Automation, *, acknowledge: bool) -> None:
    cloud = Cloud(Deployment.load(outputs))
    lease = operations.automate(cloud, cloud.topology(), automation, acknowledge=acknowledge)
    Console(highlight=False).print(f"automation {lease.automation} in epoch {lease.epoch}")
