"""`dr promote-replica`: what is lost is told before it is asked; whoever is interrupted types it again."""

from functools import partial
from typing import Annotated

import typer
from rich.console import Console

from dr.deployment import DEFAULT_OUTPUTS
from dr.envelope import write
from dr.errors import StillWorking
from dr.exits import Exit
from dr.operations import Refused
from dr.options import AsJson, DryRun, OutputsFile, Yes
from dr.outputs import read
from dr.promotion.databases import Databases, Named
from dr.promotion.plan import Standing, question, refusal
from dr.question import permit
from dr.waiting import until
from remediation.observation import DatabaseSeen

WITHIN_S = 1200.0
POLL_S = 5.0
screen = Console(highlight=False, stderr=True)
say = partial(screen.print, soft_wrap=True)


def promote_replica(
    *,
    although_there: Annotated[
        bool, typer.Option("--although-there", help="RDS says that the primary works, and it is lost.")
    ] = False,
    outputs: OutputsFile = DEFAULT_OUTPUTS,
    yes: Yes = False,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Promote the read replica of a system with one region, when its primary is lost with its standby.

    What had not reached the replica is lost. Every plan of Terraform is empty afterwards.
    """
    databases = Databases(Named.of(read(outputs)))
    seen = databases.look()
    why = refusal(seen, although_there=although_there)
    if why or not isinstance(seen.replica, DatabaseSeen):
        raise Refused(str(why))
    asked = question(seen, seen.replica)
    if dry_run:
        say(f"would ask: {asked}")
        if as_json:
            write("promote-replica", Exit.DONE, {"dry_run": True, "question": asked, **_told(seen)})
        return
    permit(asked, yes=yes)
    if not seen.promoted:
        databases.promote()
    host = _until_writer(databases)
    databases.point_name(host)
    led = databases.look().points_at
    if led != host:
        raise StillWorking(
            f"{seen.writer_name} leads to {led or 'nothing'} still: type the same command again"
        )
    say(f"{seen.replica.id} is the writer, and {seen.writer_name} leads to it; replace the lost one by hand")
    if as_json:
        write("promote-replica", Exit.DONE, {**_told(seen), "host": host})


def _until_writer(databases: Databases) -> str:
    """The host of the promoted replica, once it takes writes. Raises StillWorking."""

    def look() -> str | None:
        replica = databases.look().replica
        ready = isinstance(replica, DatabaseSeen) and not replica.source and replica.available
        return replica.host if ready and isinstance(replica, DatabaseSeen) else None

    if host := until(look, what="the promotion", within_s=WITHIN_S, poll_s=POLL_S, say=say):
        return host
    raise StillWorking(
        f"not promoted after {WITHIN_S / 60:.0f} min; this goes on waiting: dr promote-replica"
    )


def _told(seen: Standing) -> dict[str, object]:
    return {
        "replica": seen.replica.id if isinstance(seen.replica, DatabaseSeen) else "",
        "writer_name": seen.writer_name,
        "lag_s": seen.lag_s,
        "loss_entries": seen.loss,
    }
