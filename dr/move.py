"""A move of payments as an operator lives it: look, judge, ask, act, wait, look again."""

import json
import sys
from dataclasses import dataclass
from typing import NoReturn

import typer
from rich.console import Console

from dr import operations, plans
from dr.aws import Cloud
from dr.operations import Outcome, Refused
from dr.rules import Purpose, judge, refusals
from dr.screen import findings_json, findings_table, topology_table
from dr.situation import Situation
from dr.targets import resolve
from failover.takeover import Takeover
from runtime.clock import now_ms

screen = Console(highlight=False, stderr=True)
EXIT_CODES = {Outcome.DONE: 0, Outcome.FAILED: 1, Outcome.UNKNOWN: 3}
VERDICTS = {
    Outcome.DONE: "{region} serves",
    Outcome.FAILED: "it did not end: if the lease above is ACTIVE it was undone, else type: dr retry",
    Outcome.UNKNOWN: "the result is unknown: dr status tells, dr retry goes on",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """What an operator ordered, with the answers that were given beforehand."""

    cloud: Cloud
    yes: bool = False
    dry_run: bool = False
    as_json: bool = False

    def make(self, purpose: Purpose, to: str | None = None) -> NoReturn:
        """Move payments and leave with the exit code. Raises Refused."""
        self.finish(self.begin(purpose, to))

    def begin(self, purpose: Purpose, to: str | None = None) -> Takeover:
        """Start the takeover once it is permitted. Raises Refused."""
        situation = self.cloud.situation()
        target = resolve(situation, purpose, to)
        if purpose is Purpose.FAILOVER:
            situation = operations.await_expiry(self.cloud, situation, target)
        self._permit(purpose, situation, target)
        return operations.begin(self.cloud, purpose, situation, target)

    def finish(self, takeover: Takeover) -> NoReturn:
        """See a takeover through, show what is then, and leave with the exit code."""
        outcome = self.see_through(takeover)
        topology = self.cloud.topology()
        screen.print(topology_table(topology, now_ms()))
        if self.as_json:
            content = {"outcome": outcome, "execution": takeover.name, **topology.as_json(now_ms=now_ms())}
            sys.stdout.write(json.dumps(content, indent=2) + "\n")
        screen.print(VERDICTS[outcome].format(region=takeover.region), soft_wrap=True)
        raise typer.Exit(EXIT_CODES[outcome])

    def see_through(self, takeover: Takeover) -> Outcome:
        """How the takeover ends. To stop waiting stops nothing else."""
        screen.print(f"execution {takeover.name} in {takeover.region}", soft_wrap=True)
        return operations.await_result(self.cloud, takeover)

    def _permit(self, purpose: Purpose, situation: Situation, target: str) -> None:
        """Show what is and judge it; return only when it may be done. Raises Refused."""
        screen.print(topology_table(situation.topology, now_ms()))
        findings = judge(purpose, situation, target)
        if bad := refusals(findings):
            screen.print(findings_table(bad))
            codes = ", ".join(finding.code for finding in bad)
            raise Refused(f"{purpose} to {target} is refused by {codes}")
        question = plans.consequence(purpose, operations.lease_of(situation).holder, target)
        if self.dry_run:
            screen.print(f"would ask: {question}", soft_wrap=True)
            sys.stdout.write(json.dumps({"dry_run": True, "findings": findings_json(findings)}) + "\n")
            raise typer.Exit
        if not self.yes:
            typer.confirm(question, abort=True, err=True)
