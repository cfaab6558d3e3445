"""approve: say yes to what a forced failover may lose. Two different principals must."""

import json
from dataclasses import dataclass
from typing import Any

import typer
from rich.console import Console

from dr.aws import Cloud
from dr.calls import understood
from dr.deployment import DEFAULT_OUTPUTS, Deployment
from dr.envelope import write
from dr.exits import Exit
from dr.operations import Refused, lease_of_topology
from dr.options import AsJson, DryRun, OutputsFile, Yes
from dr.question import permit
from dr.screen import topology_table
from failover.approvals import ApprovalRequest
from failover.lease import Lease, LeaseState
from failover.loss import APPROVERS, Approval
from runtime.clock import now_ms

commands = typer.Typer()
screen = Console(highlight=False, stderr=True)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A takeover that waits, and what it asks for."""

    request: ApprovalRequest
    content: dict[str, Any]
    approved_by: list[str]

    @classmethod
    def of(cls, lease: Lease, request: ApprovalRequest | None, approvals: list[Approval]) -> "Waiting":
        """Raises Refused unless the request is that of this lease's takeover."""
        if request is None:
            raise Refused("no takeover has asked for an approval")
        with understood(lease.holder, "the request for an approval"):
            content = json.loads(request.text)
            epoch, figures = content["epoch"], content["figures"]
            if not {"requests", "money", "journal"} <= figures.keys() or "region" not in content:
                raise KeyError("figures")
        if lease.state is not LeaseState.TAKING or epoch != lease.epoch:
            raise Refused(
                f"the last request is of epoch {epoch}; the lease is {lease.state} in epoch {lease.epoch}"
            )
        given = [one.approver for one in approvals if one.digest == request.digest]
        return cls(request, content, sorted(given))

    def question(self) -> str:
        """What the approver takes upon himself, with its figures."""
        figures = self.content["figures"]
        lost = "an unknown number of requests" if figures["requests"] is None else _loss(figures)
        return (
            f"Approve that {self.content['region']} serves in epoch {self.content['epoch']} although {lost} "
            f"may be lost? The journal is {figures['journal']}."
        )


@commands.command()
def approve(
    *,
    outputs: OutputsFile = DEFAULT_OUTPUTS,
    yes: Yes = False,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Approve the loss that a takeover waits with: two different principals must, for these figures."""
    cloud = Cloud(Deployment.load(outputs))
    topology = cloud.topology()
    lease = lease_of_topology(topology)
    table = cloud.approvals(lease.holder)
    waiting = Waiting.of(lease, table.request(), table.all())
    who, arn = cloud.caller(lease.holder)
    screen.print(topology_table(topology, now_ms()))
    screen.print_json(waiting.request.text)
    screen.print(f"digest {waiting.request.digest}", soft_wrap=True)
    screen.print(f"approved by {', '.join(waiting.approved_by) or 'nobody'}; you are {arn}", soft_wrap=True)
    told = {"digest": waiting.request.digest, "approver": who, "arn": arn, **waiting.content}
    if not dry_run:
        permit(waiting.question(), yes=yes)
        # By AWS's clock, as the takeover reads it: one of tomorrow or of an hour ago would not count.
        at_ms = now_ms() + (topology.clock_off_ms or 0)
        table.approve(Approval(approver=who, digest=waiting.request.digest, approved_at_ms=at_ms, arn=arn))
        screen.print(f"approved; the takeover goes on by itself once {APPROVERS} different principals have")
    else:
        screen.print(f"would ask: {waiting.question()}", soft_wrap=True)
    if as_json:
        write("approve", Exit.DONE, {"approved": not dry_run, **told})


def _loss(figures: dict[str, Any]) -> str:
    money = ", ".join(f"{currency} {amount}" for currency, amount in sorted(figures["money"].items()))
    return f"{figures['requests']} requests ({money or 'no money'}, in minor units)"
