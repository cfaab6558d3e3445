"""A move as an operator lives it: look, judge, ask, act, wait, look again."""

from dataclasses import dataclass, field
from typing import Any, NoReturn

import typer
from rich.console import Console

from dr import operations, plans
from dr.aws import Cloud
from dr.envelope import write
from dr.exits import Exit
from dr.operations import Outcome, Refused
from dr.question import permit
from dr.rules import Finding, Purpose, judge, refusals
from dr.screen import findings_json, findings_table, notes, topology_table
from dr.situation import Situation
from dr.targets import resolve
from failover.takeover import Takeover
from runtime.clock import now_ms

screen = Console(highlight=False, stderr=True)
EXIT_CODES = {Outcome.DONE: Exit.DONE, Outcome.FAILED: Exit.FAILED, Outcome.UNKNOWN: Exit.UNKNOWN}
VERDICTS = {
    Outcome.DONE: "{region} serves",
    Outcome.FAILED: "it did not end: if the lease above is ACTIVE it was undone, else type: dr retry",
    Outcome.UNKNOWN: "the result is unknown: dr status tells, dr retry goes on",
}
NOT_EXPIRED = "P28"
"""What a lost holder's lease breaks until it has run out, which the command waits for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """What an operator ordered, with the answers that were given beforehand."""

    cloud: Cloud
    yes: bool = False
    dry_run: bool = False
    as_json: bool = False
    command: str = field(default="")
    """As it was typed; the purpose where that is the same."""

    def make(self, purpose: Purpose, to: str | None = None) -> NoReturn:
        """Move, and leave with the exit code. Raises Refused."""
        self.finish(self.begin(purpose, to), self.command or purpose)

    def begin(self, purpose: Purpose, to: str | None = None) -> Takeover:
        """Start the takeover once it is permitted. Raises Refused."""
        situation = self.cloud.situation()
        target = resolve(situation, purpose, to)
        if self.dry_run:
            self._rehearse(purpose, situation, target)
        if purpose is Purpose.FAILOVER:
            situation = operations.await_expiry(self.cloud, situation, target)
        self._judged(purpose, situation, target, judge(purpose, situation, target))
        self.propose(self._question(purpose, situation, target), self.command or purpose)
        return operations.begin(self.cloud, purpose, situation, target)

    def propose(self, question: str, command: str, **content: Any) -> None:
        """Return when the operator agrees; a dry run says what would be asked, and leaves. Raises Refused."""
        if not self.dry_run:
            permit(question, yes=self.yes)
            return
        screen.print(f"would ask: {question}", soft_wrap=True)
        write(command, Exit.DONE, {"dry_run": True, "question": question, **content})
        raise typer.Exit

    def finish(self, takeover: Takeover, command: str) -> NoReturn:
        """See a takeover through, show what is then, and leave with the exit code."""
        outcome = self.see_through(takeover)
        topology = self.cloud.topology()
        screen.print(topology_table(topology, now_ms()))
        if self.as_json:
            content = {"execution": takeover.name, **topology.as_json(now_ms=now_ms())}
            write(command, EXIT_CODES[outcome], content)
        screen.print(VERDICTS[outcome].format(region=takeover.region), soft_wrap=True)
        raise typer.Exit(EXIT_CODES[outcome])

    def see_through(self, takeover: Takeover) -> Outcome:
        """How the takeover ends. To stop waiting stops nothing else."""
        screen.print(f"execution {takeover.name} in {takeover.region}", soft_wrap=True)
        return operations.await_result(self.cloud, takeover)

    def _rehearse(self, purpose: Purpose, situation: Situation, target: str) -> None:
        """Say what would be asked, and leave; a term that would be waited for is said and not waited for."""
        wait_s = 0.0
        if purpose is Purpose.FAILOVER:
            wait_s = operations.expiry_wait_s(situation, target)
        findings = judge(purpose, situation, target)
        if wait_s:
            findings = [one for one in findings if one.code != NOT_EXPIRED]
        self._judged(purpose, situation, target, findings)
        if wait_s:
            screen.print(f"would wait {wait_s:.0f} s for the lease of the lost holder to run out")
        question = self._question(purpose, situation, target)
        waits = {"would_wait_s": round(wait_s, 1), "findings": findings_json(findings)}
        self.propose(question, self.command or purpose, target=target, **waits)

    def _judged(self, purpose: Purpose, situation: Situation, target: str, findings: list[Finding]) -> None:
        """Show what is; return only when no rule forbids it. Raises Refused."""
        screen.print(topology_table(situation.topology, now_ms()))
        if bad := refusals(findings):
            screen.print(findings_table(bad))
            for line in notes(situation.unknown):
                screen.print(line, soft_wrap=True)
            codes = ", ".join(finding.code for finding in bad)
            raise Refused(
                f"{purpose} to {target} is refused by {codes}",
                content={
                    "target": target,
                    "findings": findings_json(findings),
                    "unknown": list(situation.unknown),
                },
            )

    def _question(self, purpose: Purpose, situation: Situation, target: str) -> str:
        return plans.consequence(purpose, operations.lease_of(situation).holder, target)
