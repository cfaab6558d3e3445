"""`dr`: what an operator types."""

from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich.console import Console

from dr import approve, automation, look, operate, reset
from dr import evidence as sealed
from dr import outputs as flat
from dr.access_token import NoToken
from dr.budget.command import budget
from dr.budget.evidence import EvidenceError
from dr.calls import AwsUnavailable, NoAccess
from dr.deployment import DEFAULT_OUTPUTS
from dr.drill.command import drill
from dr.drill.trial import DrillFailed
from dr.guard.command import guard
from dr.guard.plan import PlanError
from dr.operations import Refused
from dr.options import OutputsFile
from dr.replay import command as replay
from dr.rewind.command import rewind
from dr.rewind.work import StillWorking
from dr.status import status
from dr.token_command import token
from failover.approvals import ApprovalsUnavailable
from failover.lease_table import LeaseError
from failover.takeover import TakeoverNotStarted
from lib.errors import SettingsError

FAILED, UNKNOWN, INTERRUPTED = 1, 3, 130

app = typer.Typer(
    help="Disaster recovery: see, test and steer which region takes payments.",
    epilog="Exit codes: 0 done, 1 refused, failed or not healthy, 2 wrong usage, 3 result unknown, "
    "130 Ctrl-C (stops the command, nothing that it started).",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(look.commands)
app.add_typer(operate.commands)
app.add_typer(reset.commands)
app.add_typer(approve.commands)
app.add_typer(automation.commands)
app.command()(budget)
app.command()(guard)
app.command()(status)
app.command()(rewind)
app.command()(drill)
app.command()(token)
app.add_typer(replay.commands, name="events")


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
    DrillFailed,
    EvidenceError,
    LeaseError,
    NoAccess,
    NoToken,
    PlanError,
    Refused,
    SettingsError,
    TakeoverNotStarted,
)


def main() -> None:
    """Run a command; a known error is one line on standard error and an exit code."""
    try:
        app()
    except StillWorking as error:
        _end(f"[yellow]unknown:[/yellow] {error}", UNKNOWN)
    except KNOWN as error:
        _end(f"[red]error:[/red] {error}", FAILED)
    except SystemExit as ended:
        if ended.code == INTERRUPTED:
            _end("interrupted; nothing that was started is stopped: dr status", INTERRUPTED)
        raise


def _end(line: str, code: int) -> NoReturn:
    Console(stderr=True, highlight=False).print(line, soft_wrap=True)
    raise SystemExit(code) from None


if __name__ == "__main__":
    main()
