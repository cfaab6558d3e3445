"""`dr events replay`: tell a region's consumers again what its bus saw."""

from dataclasses import asdict
from datetime import UTC, datetime
from functools import partial
from typing import Annotated

import typer
from rich.console import Console

from dr.aws import Cloud
from dr.calls import PATIENT, client
from dr.deployment import DEFAULT_OUTPUTS, Deployment
from dr.envelope import write
from dr.exits import Exit
from dr.moments import moment, shown
from dr.operations import Refused
from dr.options import AsJson, DryRun, OutputsFile, Region, Yes
from dr.question import permit
from dr.replay.replays import LATE, Archive, Replay, Replays, Span
from dr.targets import serving
from dr.waiting import until

WITHIN_S = 3600.0
POLL_S = 2.0
commands = typer.Typer(help="Events of the buses.", no_args_is_help=True)
screen = Console(highlight=False, stderr=True)
say = partial(screen.print, soft_wrap=True)


@commands.callback()
def _events() -> None:
    """Keep `replay` a command of its own although it is the only one."""


@commands.command()
def replay(
    *,
    start: Annotated[str, typer.Option("--from", help="The first moment, as 2026-11-21T09:15:00Z.")],
    end: Annotated[str, typer.Option("--to", help="The last moment.")],
    region: Region = None,
    again: Annotated[bool, typer.Option("--again", help="Also when it was replayed before.")] = False,
    outputs: OutputsFile = DEFAULT_OUTPUTS,
    yes: Yes = False,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Replay a region's archive to the consumers on its bus, and wait for the end.

    Typed again it replays nothing twice. Consumers see events twice and know them by `event_id`; no request
    is made or changed by an event.
    """
    span = Span(start=moment(start), end=moment(end))
    deployment = Deployment.load(outputs)
    place = serving(Cloud(deployment), region)
    replays = Replays(client("events", place, PATIENT), place, deployment.places[place].event_archive)
    archive, now = replays.archive(), datetime.now(UTC)
    if why := span.refusal(archive, now):
        raise Refused(why)
    if span.end > now - LATE:
        say(f"events of the last {LATE.seconds // 60} minutes may not be archived yet: replay them later")
    span, running = replays.untried(span, archive, again=again)
    if running is None:
        _permit(span, archive, place, yes=yes, dry_run=dry_run, as_json=as_json)
        replays.start(span, archive)
    done = follow(replays, span.name(archive))
    code = _exit_code(done)
    if as_json:
        reached = {"reached": shown(done.reached) if done.reached else None}
        write("events replay", code, {**asdict(done), **reached})
    raise typer.Exit(code)


def _permit(span: Span, archive: Archive, region: str, *, yes: bool, dry_run: bool, as_json: bool) -> None:
    names = ", ".join(rule.rpartition("/")[2] for rule in archive.rules)
    question = (
        f"Replay what the bus of {region} saw from {shown(span.start)} to {shown(span.end)} to {names}? "
        "They see these events a second time."
    )
    if dry_run:
        say(f"would ask: {question}")
        if as_json:
            write("events replay", Exit.DONE, {"dry_run": True, "question": question})
        raise typer.Exit
    permit(question, yes=yes)


def follow(replays: Replays, name: str) -> Replay:
    """The replay when it is over, or after an hour; every step is said once."""
    told = ""

    def look() -> Replay | None:
        nonlocal told
        found = replays.get(name)
        reached = f", events up to {shown(found.reached)}" if found.reached else ""
        if (now := f"{name}: {found.state}{reached}") != told:
            say(told := now)
        return found if found.over else None

    return until(look, what=f"{name} to end", within_s=WITHIN_S, poll_s=POLL_S) or replays.get(name)


def _exit_code(done: Replay) -> Exit:
    if not done.over:
        say("it goes on: the same command shows how far it is")
        return Exit.UNKNOWN
    return Exit.DONE if done.state == "COMPLETED" else Exit.FAILED
