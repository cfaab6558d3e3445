"""`python -m dr.delivery`: what `make destroy` and `make deploy-region` run."""

import os
import sys
from typing import Annotated

import typer

from dr.calls import NoAccess
from dr.delivery import order
from dr.delivery.cdktf import CommandLine, DeliveryFailed, say
from dr.delivery.writer import region_of_writer
from dr.doctor.aws import Account, Unanswered
from lib.errors import SettingsError
from lib.settings.two_regions import TwoRegionSettings
from lib.systems.load import load_any, load_settings

INTERRUPTED = 130

app = typer.Typer(help=__doc__, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)


def command_line() -> CommandLine:
    """CDKTF's, with the flags of CDKTF_FLAGS."""
    return CommandLine(flags=os.environ.get("CDKTF_FLAGS", ""))


@app.command()
def region(name: Annotated[str, typer.Argument(help="The region to deploy.")]) -> None:
    """Deploy the stack of one region alone, while the other may be down. Needs nothing of the other."""
    command_line().deploy(order.of_region(load_settings(), name))


@app.command()
def destroy(
    *,
    writer: Annotated[
        str, typer.Option(help="Where the writer is, when no region can say it. Default: ask Aurora.")
    ] = "",
) -> None:
    """Destroy every stack, of two regions that with Aurora's writer last. Safe to run again: it goes on."""
    settings = load_any()
    if not isinstance(settings, TwoRegionSettings):
        if writer:
            raise SettingsError(f"WRITER = {writer}: {settings.system} has no global database; leave it out")
        command_line().destroy(order.destruction(settings, None))
        return
    if writer:
        order.of_region(settings, writer)
    where = writer or region_of_writer(Account(), settings)
    say(f"the writer is in {where}" if where else "there is no writer")
    command_line().destroy(order.destruction(settings, where))


def main() -> None:
    """Run a command; a known error is one line and an exit code."""
    try:
        app()
    except SystemExit as ended:
        if ended.code == INTERRUPTED:
            sys.stderr.write(
                "interrupted, after Terraform had ended what it began; the same command goes on\n"
            )
        raise
    except Unanswered as error:
        sys.stderr.write(f"unknown: where the writer is: {error}; say it: make destroy WRITER=REGION\n")
        raise SystemExit(3) from None
    except (DeliveryFailed, NoAccess, SettingsError) as error:
        sys.stderr.write(f"error: {error}\n")
        raise SystemExit(1) from None


if __name__ == "__main__":
    main()
