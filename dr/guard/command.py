"""`dr guard`."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from dr.envelope import write
from dr.exits import Exit
from dr.guard.plan import read_plan
from dr.guard.rules import STATEFUL, refusals


def guard(
    plan: Annotated[Path, typer.Argument(metavar="PLAN.json", help="What `terraform show -json` printed.")],
    *,
    as_machine: Annotated[bool, typer.Option("--json", help="Print JSON for machines.")] = False,
) -> None:
    """Refuse a plan that destroys, replaces or detaches what holds state. Exit code 4 when it does."""
    changes = read_plan(plan)
    found = refusals(changes)
    stateful = sum(change.type in STATEFUL for change in changes)
    code = Exit.REFUSED if found else Exit.DONE
    if as_machine:
        answer = {"refused": bool(found), "stateful": stateful, "refusals": [asdict(one) for one in found]}
        write("guard", code, answer)
    else:
        screen = Console(highlight=False)
        for one in found:
            screen.print(f"[red]refused[/red] {one.rule} {one.address} {one.text}", soft_wrap=True)
        verdict = f"{len(found)} refusals" if found else "nothing stateful is lost"
        screen.print(f"{plan.name}: {verdict}; {stateful} stateful resources looked at", soft_wrap=True)
    raise typer.Exit(code)
