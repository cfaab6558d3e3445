"""Every command of `dr`, and how the command line is run."""

import json
import sys
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich.console import Console
from typer.exceptions import TyperException

from dr import approve, automation, check, halt, operate, schemas
from dr import outputs as flat
from dr.budget_command import budget
from dr.deployment import DEFAULT_OUTPUTS
from dr.doctor.command import doctor
from dr.drill.command import drill
from dr.ending import end
from dr.envelope import interrupted, named, somewhere_to_write, write, write_error
from dr.errors import NobodyThere
from dr.exits import Exit
from dr.guard.command import guard
from dr.limits import limit_s
from dr.options import AsJson, OutputsFile
from dr.promotion.command import promote_replica
from dr.quiet import quiet
from dr.replay import command as replay
from dr.rewind.command import rewind
from dr.status import status
from dr.token_command import token
from dr.trail import trail
from dr.waiting import deadline
from evidence import manifest as sealed

app = typer.Typer(
    help="Disaster recovery: see, test and steer which region takes requests.",
    epilog="Exit codes: 0 done or healthy, 1 failed, 2 wrong usage, 3 result unknown, 4 refused: nothing "
    "was changed, 5 not healthy, 130 Ctrl-C (stops the command, nothing that it started). "
    "With --json each of them prints one document; dr schema prints its shape.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(check.commands)
app.add_typer(operate.commands)
app.add_typer(approve.commands)
app.add_typer(automation.commands)
app.add_typer(halt.commands)
app.command()(budget)
app.command()(doctor)
app.command()(guard)
app.command()(quiet)
app.command()(status)
app.command()(rewind)
app.command("promote-replica")(promote_replica)
app.command()(drill)
app.command()(token)
app.command()(trail)
app.add_typer(replay.commands, name="events")


@app.command("outputs")
def flatten_outputs(
    written: Annotated[Path, typer.Argument(help="What `cdktf deploy --outputs-file` wrote.")],
    outputs: OutputsFile = DEFAULT_OUTPUTS,
    *,
    as_json: AsJson = False,
) -> None:
    """Flatten the outputs of a deploy into the file that tests and this command read."""
    flattened = flat.write(flat.read(written), outputs)
    if as_json:
        write("outputs", Exit.DONE, {"outputs": len(flattened), "file": str(outputs)})
    else:
        Console().print(f"{len(flattened)} outputs written to {outputs}")


@app.command("schema")
def print_schema(
    command: Annotated[str | None, typer.Argument(help="As typed, as `status`. Default: all.")] = None,
) -> None:
    """Print the JSON Schema of what a command prints with --json."""
    if command is not None and command not in schemas.CONTENT:
        raise typer.BadParameter(f"{command} is none of {', '.join(schemas.CONTENT)}")
    names = [command] if command else list(schemas.CONTENT)
    found = {name: schemas.schema(name) for name in names}
    sys.stdout.write(json.dumps(found[command] if command else found, indent=2) + "\n")


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
    as_json: AsJson = False,
) -> None:
    """Find any file that was changed, added or removed since the evidence was sealed: exit code 5."""
    problems = sealed.verify(folder)
    if noted and sealed.head(folder) != noted:
        problems.append(f"the head is {sealed.head(folder)}, not the noted one")
    code = Exit.UNHEALTHY if problems else Exit.DONE
    if as_json:
        write("evidence verify", code, {"folder": str(folder), "problems": problems})
        raise typer.Exit(code)
    screen = Console(highlight=False)
    for problem in problems:
        screen.print(f"[red]broken:[/red] {problem}", soft_wrap=True)
    if not problems:
        screen.print(f"sound: {folder}", soft_wrap=True)
    raise typer.Exit(code)


def run() -> NoReturn:
    """Run the command line; every end of it is an exit code, and a document where `--json` asks for one."""
    words = sys.argv[1:]
    somewhere_to_write()
    deadline.set(limit_s(words))
    try:
        code = app(args=words, prog_name="dr", standalone_mode=False)
    except TyperException as error:
        _wrong_usage(error, words)
    except typer.Abort:
        end(NobodyThere("nobody is there to answer: add --yes"), words)
    except Exception as error:  # noqa: BLE001 - told in one line, with an exit code
        end(error, words)
    if code == Exit.INTERRUPTED:
        interrupted()
    raise SystemExit(code or 0)


def _wrong_usage(error: TyperException, words: list[str]) -> NoReturn:
    message = error.format_message() or "a command is missing"
    if not words:
        raise SystemExit(int(Exit.USAGE))  # the help was printed
    write_error(words, Exit.USAGE, {}, {"kind": "usage", "message": message})
    sys.stderr.write(f"{message}\nfor help: dr {named(words)} --help\n")
    raise SystemExit(int(Exit.USAGE)) from None
