"""check, plan and reconcile: what is, what would be, and what is still to be settled."""

import json
from dataclasses import asdict
from enum import StrEnum
from typing import Annotated

import typer
from rich.console import Console

from dr import plans
from dr.aws import Cloud
from dr.deployment import DEFAULT_OUTPUTS, Deployment
from dr.envelope import write
from dr.exits import Exit
from dr.operations import lease_of_topology
from dr.options import AsJson, DryRun, OutputsFile, Soak, To, Yes
from dr.question import permit
from dr.rules import Finding, Purpose, Verdict, judge, refusals
from dr.screen import findings_json, findings_table, notes, topology_table
from dr.targets import resolve
from failover.takeover import Takeover
from runtime.clock import now_ms

commands = typer.Typer()
screen = Console(highlight=False)


class Movement(StrEnum):
    """What can be planned."""

    SWITCHOVER = Purpose.SWITCHOVER.value
    FAILBACK = Purpose.FAILBACK.value
    FAILOVER = Purpose.FAILOVER.value


@commands.command()
def check(*, outputs: OutputsFile = DEFAULT_OUTPUTS, as_json: AsJson = False) -> None:
    """Check everything a failover needs; exit code 0 only when all is known and good."""
    situation = Cloud(Deployment.load(outputs)).situation()
    findings = judge(Purpose.CHECK, situation, resolve(situation, Purpose.CHECK))
    if as_json:
        told = {"findings": findings_json(findings), "unknown": list(situation.unknown)}
        write("check", verdict(findings), told)
    else:
        screen.print(findings_table(findings))
        for line in notes(situation.unknown, situation.topology.clock_warning):
            screen.print(line, soft_wrap=True)
    raise typer.Exit(verdict(findings))


def verdict(findings: list[Finding]) -> Exit:
    """Not healthy when a rule is known to be broken, unknown when only something is not known."""
    found = {finding.verdict for finding in findings}
    if Verdict.FAIL in found:
        return Exit.UNHEALTHY
    return Exit.UNKNOWN if Verdict.UNKNOWN in found else Exit.DONE


@commands.command()
def plan(
    movement: Annotated[Movement, typer.Argument(help="What is to be planned.")],
    *,
    to: To = None,
    soak: Soak = None,
    outputs: OutputsFile = DEFAULT_OUTPUTS,
    as_json: AsJson = False,
) -> None:
    """Show steps, figures and what forbids them; changes nothing. Exit code 4 when it would be refused."""
    purpose = Purpose(movement.value)
    situation = Cloud(Deployment.load(outputs).soaked(soak)).situation()
    target = resolve(situation, purpose, to)
    findings = judge(purpose, situation, target)
    figures = plans.figures(situation, target)
    code = Exit.REFUSED if refusals(findings) else Exit.DONE
    if as_json:
        content = {
            "target": target,
            "steps": [asdict(step) for step in plans.steps(purpose)],
            "requests": figures,
            "approvals": plans.approvers(purpose, situation, target),
            "findings": findings_json(findings),
            "unknown": list(situation.unknown),
        }
        write("plan", code, content)
    else:
        screen.print(topology_table(situation.topology, now_ms()))
        screen.print(f"\n{purpose} to {target}")
        for number, step in enumerate(plans.steps(purpose), start=1):
            screen.print(f"  {number:2} {step.name:12} {step.does}")
        shown = ", ".join(f"{name} {'unknown' if n is None else n}" for name, n in figures.items())
        screen.print(f"  requests: {shown}")
        screen.print(f"  approvals: {plans.approvers(purpose, situation, target)}\n", soft_wrap=True)
        screen.print(findings_table(findings))
        for line in notes(situation.unknown):
            screen.print(line, soft_wrap=True)
    raise typer.Exit(code)


@commands.command()
def reconcile(
    *,
    outputs: OutputsFile = DEFAULT_OUTPUTS,
    dry_run: DryRun = False,
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """Count what the journal knows and the holder's ledger does not, and record it there."""
    cloud = Cloud(Deployment.load(outputs))
    lease = lease_of_topology(cloud.topology())
    inspection = cloud.inspect(lease.holder)
    gap = inspection.gap
    counted = asdict(gap) if gap else {"compared": None, "why": inspection.why}
    if not as_json:
        screen.print(json.dumps({"region": lease.holder, **counted}), soft_wrap=True)
    done = None
    if not dry_run:
        permit(f"Record what is missing in {lease.holder}, under its own keys?", yes=yes)
        done = cloud.reconcile(Takeover.of(lease))
    if as_json:
        write("reconcile", Exit.DONE, {"region": lease.holder, "counted": counted, "recorded": done})
    elif done is not None:
        screen.print(json.dumps(done), soft_wrap=True)
