"""failover, switchover, failback, retry and abort: the commands that move payments."""

import json
import sys

import typer
from rich.console import Console

from dr import operations, plans
from dr.aws import Cloud
from dr.deployment import DEFAULT_OUTPUTS, Deployment
from dr.operations import Outcome, Refused
from dr.options import AsJson, DryRun, OutputsFile, Soak, To, Yes
from dr.rules import Purpose, judge, refusals
from dr.screen import findings_json, findings_table, topology_table
from dr.situation import Situation
from dr.targets import resolve
from failover.lease import Kind
from failover.takeover import Takeover
from runtime.clock import now_ms

commands = typer.Typer()
screen = Console(highlight=False, stderr=True)
EXIT_CODES = {Outcome.DONE: 0, Outcome.FAILED: 1, Outcome.UNKNOWN: 3}

VERDICTS = {
    Outcome.DONE: "{region} serves",
    Outcome.FAILED: "it did not end: if the lease above is ACTIVE it was undone, else type: dr retry",
    Outcome.UNKNOWN: "the result is unknown: dr status tells, dr retry goes on",
}


@commands.command()
def failover(
    *,
    to: To = None,
    outputs: OutputsFile = DEFAULT_OUTPUTS,
    yes: Yes = False,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Force the surviving region to serve, when the holder is lost. Needs nothing of the lost region."""
    cloud = Cloud(Deployment.load(outputs))
    situation = cloud.situation()
    target = resolve(situation, to)
    situation = operations.await_expiry(cloud, situation, target)
    _permit(Purpose.FAILOVER, situation, target, yes=yes, dry_run=dry_run)
    _finish(cloud, operations.take_over(cloud, operations.lease_of(situation), target), as_json=as_json)


@commands.command()
def switchover(
    *,
    to: To = None,
    outputs: OutputsFile = DEFAULT_OUTPUTS,
    yes: Yes = False,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Move payments to the other region as planned, without losing one. Needs both regions."""
    cloud = Cloud(Deployment.load(outputs))
    situation = cloud.situation()
    target = resolve(situation, to)
    _permit(Purpose.SWITCHOVER, situation, target, yes=yes, dry_run=dry_run)
    lease = operations.lease_of(situation)
    _finish(cloud, operations.hand_over(cloud, lease, Kind.SWITCHOVER, target), as_json=as_json)


@commands.command()
def failback(
    *,
    soak: Soak = None,
    outputs: OutputsFile = DEFAULT_OUTPUTS,
    yes: Yes = False,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Move payments home, once the home region has rejoined and the failover is acknowledged."""
    cloud = Cloud(Deployment.load(outputs).soaked(soak))
    situation = cloud.situation()
    _permit(Purpose.FAILBACK, situation, situation.home, yes=yes, dry_run=dry_run)
    lease = operations.lease_of(situation)
    _finish(cloud, operations.hand_over(cloud, lease, Kind.FAILBACK, situation.home), as_json=as_json)


@commands.command()
def retry(*, outputs: OutputsFile = DEFAULT_OUTPUTS, as_json: AsJson = False) -> None:
    """Start a takeover again that is held; it goes on from what it finds."""
    cloud = Cloud(Deployment.load(outputs))
    lease = operations.lease_of(cloud.situation())
    _finish(cloud, operations.retry(cloud, lease), as_json=as_json)


@commands.command()
def abort(*, outputs: OutputsFile = DEFAULT_OUTPUTS) -> None:
    """Call a switchover or failback off that drains and does not end; the old region serves again."""
    cloud = Cloud(Deployment.load(outputs))
    lease = operations.abort(cloud, operations.lease_of(cloud.situation()))
    screen.print(f"{lease.holder} serves again, in epoch {lease.epoch}")


def _permit(purpose: Purpose, situation: Situation, target: str, *, yes: bool, dry_run: bool) -> None:
    """Show what is and judge it; return only when it may be done. Raises Refused."""
    screen.print(topology_table(situation.topology, now_ms()))
    findings = judge(purpose, situation, target)
    if bad := refusals(findings):
        screen.print(findings_table(bad))
        codes = ", ".join(finding.code for finding in bad)
        raise Refused(f"{purpose} to {target} is refused by {codes}")
    question = plans.consequence(purpose, operations.lease_of(situation).holder, target)
    if dry_run:
        screen.print(f"would ask: {question}", soft_wrap=True)
        sys.stdout.write(json.dumps({"dry_run": True, "findings": findings_json(findings)}) + "\n")
        raise typer.Exit
    if not yes:
        typer.confirm(question, abort=True, err=True)


def _finish(cloud: Cloud, takeover: Takeover, *, as_json: bool) -> None:
    """Wait for the end, show what is then, and leave with its exit code."""
    screen.print(f"execution {takeover.name} in {takeover.region}", soft_wrap=True)
    outcome = operations.await_result(cloud, takeover)
    topology = cloud.topology()
    screen.print(topology_table(topology, now_ms()))
    if as_json:
        content = {"outcome": outcome, "execution": takeover.name, **topology.as_json(now_ms=now_ms())}
        sys.stdout.write(json.dumps(content, indent=2) + "\n")
    screen.print(VERDICTS[outcome].format(region=takeover.region), soft_wrap=True)
    raise typer.Exit(EXIT_CODES[outcome])
