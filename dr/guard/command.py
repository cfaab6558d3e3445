"""`dr guard`."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from dr.envelope import write
from dr.exits import Exit
from dr.guard.facts import holds_state
from dr.guard.plan import read_plan
from dr.guard.rules import refusals, unused, without
from dr.options import AsJson


def guard(
    plan: Annotated[Path, typer.Argument(metavar="PLAN.json", help="What `terraform show -json` printed.")],
    *,
    allow: Annotated[
        list[str] | None,
        typer.Option("--allow", metavar="RULE:ADDRESS", help="Let this happen; repeat for more."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Refuse a plan that destroys, replaces or detaches what holds state. Exit code 4 when it does."""
    changes = read_plan(plan)
    judged = refusals(changes)
    allowed = allow or []
    if idle := unused(judged, allowed):
        raise typer.BadParameter(f"this plan needs no {', '.join(idle)}", param_hint="--allow")
    found = without(judged, allowed)
    stateful = sum(holds_state(change.type) for change in changes)
    code = Exit.REFUSED if found else Exit.DONE
    if as_json:
        answer = {
            "refused": bool(found),
            "stateful": stateful,
            "refusals": [asdict(one) | {"name": one.name} for one in found],
        }
        write("guard", code, answer)
    else:
        screen = Console(highlight=False)
        for one in found:
            screen.print(f"[red]refused[/red] {escape(str(one))}", soft_wrap=True)
        verdict = f"{len(found)} refusals" if found else "nothing stateful is lost"
        screen.print(f"{plan.name}: {verdict}; {stateful} stateful resources looked at", soft_wrap=True)
    raise typer.Exit(code)
