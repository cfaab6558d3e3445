"""`dr rewind`: make, list and remove clones of the ledger as it was at a moment."""

import sys
from dataclasses import asdict
from datetime import UTC, datetime
from functools import partial
from typing import Annotated, NoReturn

import typer
from rich.console import Console

from dr.aws import Cloud
from dr.calls import PATIENT, AwsUnavailable, client
from dr.deployment import DEFAULT_OUTPUTS, Deployment
from dr.envelope import write
from dr.exits import Exit
from dr.moments import moment, shown
from dr.operations import Refused
from dr.options import AsJson, DryRun, OutputsFile, Region, Yes
from dr.question import permit
from dr.rewind import work
from dr.rewind.clones import Clones
from dr.rewind.wish import Clone, Wish
from dr.targets import serving

LATEST = "latest"
screen = Console(highlight=False, stderr=True)
say = partial(screen.print, soft_wrap=True)

To = Annotated[
    str | None, typer.Option("--to", help="A moment, as 2026-11-21T09:15:00Z, or `latest`: a clone.")
]
Listing = Annotated[bool, typer.Option("--list", help="Show the clones of both regions.")]
Remove = Annotated[str | None, typer.Option("--remove", metavar="NAME", help="Remove a clone.")]


def rewind(
    *,
    to: To = None,
    listing: Listing = False,
    remove: Remove = None,
    region: Region = None,
    outputs: OutputsFile = DEFAULT_OUTPUTS,
    yes: Yes = False,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Clone the ledger as it was at a moment of the last 72 hours or more; list and remove such clones.

    The serving cluster is not touched. Ctrl-C stops the waiting only: the same command goes on.
    """
    if [to is not None, listing, remove is not None].count(True) != 1:
        raise typer.BadParameter("give one of --to, --list and --remove")
    wish = Wish(None if to in {None, LATEST} else moment(str(to)))
    deployment = Deployment.load(outputs)
    if listing:
        _list(deployment, region, as_json=as_json)
    clones = _clones(deployment, serving(Cloud(deployment), region))
    if remove is not None:
        _remove(clones, remove, yes=yes, dry_run=dry_run, as_json=as_json)
        return
    _make(clones, wish, yes=yes, dry_run=dry_run, as_json=as_json)


def _make(clones: Clones, wish: Wish, *, yes: bool, dry_run: bool, as_json: bool) -> None:
    source = clones.source()
    if why := wish.refusal(source, datetime.now(UTC)):
        raise Refused(why)
    question = (
        f"Make {wish.name(source)}, the ledger of {source.name} at {shown(wish.moment(source))}? "
        "It costs what the serving cluster costs until it is removed."
    )
    if dry_run:
        _rehearsed(question, as_json=as_json)
        return
    permit(question, yes=yes)
    clone = work.make(clones, wish, source, say=say)
    if as_json:
        write("rewind", Exit.DONE, {"clone": asdict(clone)})
    else:
        Console(highlight=False).print(advice(clone), soft_wrap=True)


def advice(clone: Clone) -> str:
    """What to do with a clone."""
    host, _, port = clone.endpoint.rpartition(":")
    program, dump = _programs(clone.engine, host, port)
    return f"""{clone.name} shows the ledger as it was at {clone.to}; {clone.of} serves on.
It answers at {clone.endpoint}, inside the network of {clone.region}, to the same user and password.
  compare  {program}
           here and at the serving writer: the difference is what was settled since
  export   {dump} > ledger.sql
  replay   dr events replay --from {clone.to} --to ...   tells consumers again what happened since
           dr reconcile   records what the journal knows and the serving ledger lacks
  remove   dr rewind --remove {clone.name} --region {clone.region}   before the environment is destroyed"""


def _programs(engine: str, host: str, port: str) -> tuple[str, str]:
    """What connects to the database, and what copies its data."""
    if engine == "aurora-mysql":
        reach = f"--host={host} --port={port} --user=... --password --ssl-mode=VERIFY_IDENTITY"
        return f"mysql {reach} ...", f"mysqldump {reach} --no-create-info --single-transaction ..."
    reach = f'"host={host} port={port} dbname=... user=... sslmode=verify-full"'
    return f"psql {reach}", f"pg_dump {reach} --data-only --schema=ledger"


def _list(deployment: Deployment, region: str | None, *, as_json: bool) -> NoReturn:
    """A region that does not answer is said to be unknown, not empty."""
    found: dict[str, list[Clone] | None] = {}
    for place in [serving(Cloud(deployment), region)] if region else deployment.places:
        try:
            found[place] = _clones(deployment, place).all()
        except AwsUnavailable as error:
            say(f"[yellow]unknown:[/yellow] {error}")
            found[place] = None
    code = Exit.UNKNOWN if None in found.values() else Exit.DONE
    if as_json:
        told = {
            place: None if clones is None else [asdict(one) for one in clones]
            for place, clones in found.items()
        }
        write("rewind", code, {"clones": told})
    else:
        for one in (clone for clones in found.values() for clone in clones or []):
            sys.stdout.write(f"{one.name}  {one.status}  in {one.region}, shows {one.to}, {one.endpoint}\n")
        if not any(found.values()):
            say("no clones")
    raise typer.Exit(code)


def _remove(clones: Clones, name: str, *, yes: bool, dry_run: bool, as_json: bool) -> None:
    clone = clones.get(name)
    question = (
        f"Remove {name} and its data? It shows {clone.to if clone else 'nothing'}; nothing is kept of it."
    )
    if clone and dry_run:
        _rehearsed(question, as_json=as_json)
        return
    if clone:
        permit(question, yes=yes)
    work.remove(clones, name, say=say)
    say(f"{name} is gone")
    if as_json:
        write("rewind", Exit.DONE, {"removed": name})


def _rehearsed(question: str, *, as_json: bool) -> None:
    say(f"would ask: {question}")
    if as_json:
        write("rewind", Exit.DONE, {"dry_run": True, "question": question})


def _clones(deployment: Deployment, region: str) -> Clones:
    return Clones(client("rds", region, PATIENT), region, deployment.places[region].cluster)
