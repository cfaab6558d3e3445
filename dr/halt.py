"""halt and resume-trading: the kill switch of order entry, which both regions read."""

from typing import Annotated

import typer
from rich.console import Console

from dr.aws import Cloud
from dr.calls import AwsUnavailable, ask
from dr.deployment import DEFAULT_OUTPUTS, Deployment
from dr.envelope import write
from dr.exits import Exit
from dr.operations import Refused
from dr.options import AsJson, OutputsFile
from runtime.clock import now_ms
from trading.halt import LONGEST_REASON, Halt, HaltUnknown
from trading.schemas import NAME

commands = typer.Typer()
screen = Console(highlight=False)


@commands.command()
def halt(
    reason: Annotated[str, typer.Argument(help="Why: clients read it.")],
    *,
    outputs: OutputsFile = DEFAULT_OUTPUTS,
    as_json: AsJson = False,
) -> None:
    """Stop new orders of the trading platform everywhere; cancellations and takeovers go on."""
    if not 0 < len(reason) <= LONGEST_REASON or not reason.isprintable():
        raise Refused(f"a reason has 1 to {LONGEST_REASON} printable characters")
    cloud, region = _ready(outputs)
    _, arn = cloud.caller(region)
    _set(cloud, region, Halt(reason=reason, by=arn, at_ms=now_ms()))
    _tell("halt", reason, as_json=as_json)


@commands.command("resume-trading")
def resume_trading(*, outputs: OutputsFile = DEFAULT_OUTPUTS, as_json: AsJson = False) -> None:
    """Let new orders in again, after a halt."""
    cloud, region = _ready(outputs)
    _set(cloud, region, None)
    _tell("resume-trading", None, as_json=as_json)


def _ready(outputs: OutputsFile) -> tuple[Cloud, str]:
    """The platform, and a region that answers: what is written there is read in both."""
    cloud = Cloud(Deployment.load(outputs))
    if cloud.deployment.system != NAME:
        raise Refused(f"{cloud.deployment.system} takes no orders: this is for {NAME}")
    topology = cloud.topology()
    if topology.lease_read_in is None:
        raise AwsUnavailable(f"no region answers ({'; '.join(topology.reasons)})")
    return cloud, topology.lease_read_in


def _set(cloud: Cloud, region: str, wanted: Halt | None) -> None:
    """Throw the switch or lift it, and read it back."""
    switch = cloud.halt_switch(region)

    def change() -> Halt | None:
        try:
            if wanted is None:
                switch.resume()
            else:
                switch.halt(wanted)
            return switch.read()
        except HaltUnknown as error:
            raise error.__cause__ or error from None

    if ask(region, change) != wanted:
        raise AwsUnavailable(f"{region}: somebody else changed the switch meanwhile: type it again")


def _tell(command: str, reason: str | None, *, as_json: bool) -> None:
    if as_json:
        write(command, Exit.DONE, {"halted": reason is not None, "reason": reason})
    else:
        screen.print("order entry is open" if reason is None else f"order entry is halted: {reason}")
