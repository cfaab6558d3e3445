"""check, plan and reconcile: what is, what would be, and what is still to be settled."""

import json
import sys
from dataclasses import asdict

import typer
from rich.console import Console

from dr import plans
from dr.aws import Cloud
from dr.deployment import DEFAULT_OUTPUTS, Deployment
from dr.operations import lease_of
from dr.options import AsJson, DryRun, OutputsFile, Soak, To, Yes
from dr.rules import Purpose, judge, refusals
from dr.screen import findings_json, findings_table, topology_table
from dr.targets import resolve
from failover.takeover import Takeover
from runtime.clock import now_ms

commands = typer.Typer()
screen = Console(highlight=False)


@commands.command()
def check(*, outputs: OutputsFile = DEFAULT_OUTPUTS, as_json: AsJson = False) -> None:
    """Check everything a failover needs; exit code 0 only when all is known and good."""
    situation = Cloud(Deployment.load(outputs)).situation()
    findings = judge(Purpose.CHECK, situation, resolve(situation, Purpose.CHECK))
    if as_json:
        sys.stdout.write(json.dumps({"findings": findings_json(findings)}, indent=2) + "\n")
    else:
        screen.print(findings_table(findings))
    raise typer.Exit(1 if refusals(findings) else 0)


@commands.command()
def plan(
    purpose: Purpose,
    *,
    to: To = None,
    soak: Soak = None,
    outputs: OutputsFile = DEFAULT_OUTPUTS,
    as_json: AsJson = False,
) -> None:
    """Show steps, figures and what forbids them; changes nothing. Exit code 1 when it would be refused."""
    situation = Cloud(Deployment.load(outputs).soaked(soak)).situation()
    target = resolve(situation, purpose, to)
    findings = judge(purpose, situation, target)
    figures = plans.figures(situation, target)
    if as_json:
        content = {
            "target": target,
            "steps": [asdict(step) for step in plans.steps(purpose)],
            "payments": figures,
            "approvals": plans.approvers(purpose, situation, target),
            "findings": findings_json(findings),
        }
        sys.stdout.write(json.dumps(content, indent=2) + "\n")
    else:
        screen.print(topology_table(situation.topology, now_ms()))
        screen.print(f"\n{purpose} to {target}")
        for number, step in enumerate(plans.steps(purpose), start=1):
            screen.print(f"  {number:2} {step.name:12} {step.does}")
        shown = ", ".join(f"{name} {'unknown' if n is None else n}" for name, n in figures.items())
        screen.print(f"  payments: {shown}")
        screen.print(f"  approvals: {plans.approvers(purpose, situation, target)}\n", soft_wrap=True)
        screen.print(findings_table(findings))
    raise typer.Exit(1 if refusals(findings) else 0)


@commands.command()
def reconcile(
    *,
    outputs: OutputsFile = DEFAULT_OUTPUTS,
    dry_run: DryRun = False,
    yes: Yes = False,
) -> None:
    """Count what the journal knows and the holder's ledger does not, and record it there."""
    cloud = Cloud(Deployment.load(outputs))
    lease = lease_of(cloud.situation())
    stock = cloud.inspect(lease.holder).stock
    counted = asdict(stock) if stock else {"compared": None}
    screen.print(json.dumps({"region": lease.holder, **counted}))
    if dry_run:
        return
    if not yes:
        typer.confirm(f"Record what is missing in {lease.holder}, under its own keys?", abort=True, err=True)
    screen.print(json.dumps(cloud.reconcile(Takeover.of(lease))))
