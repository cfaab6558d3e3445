"""`python -m gates`: every judge, or one. Exit code 1 when one found what no list explains."""

import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated

import typer
from rich.console import Console

from gates import checkov, fork, parity, plans, policies, recovery_path, shown, state_machines, workflows
from gates.authorization import judge as authorization
from gates.findings import Allowance, Finding, ListError, allowances, unexplained
from gates.requests import judge as requests
from gates.requests import variants
from gates.synthesis import WORK, Document, SynthesisFailed
from lib.settings.two_regions import TwoRegionSettings
from localcloud.core.errors import LocalCloudError

app = typer.Typer(help=__doc__, add_completion=False, pretty_exceptions_enable=False)
screen = Console(highlight=False)


class Judge(StrEnum):
    """Who judges."""

    REQUESTS = "requests"
    PARITY = "parity"
    CHECKOV = "checkov"
    POLICIES = "policies"
    AUTHORIZATION = "authorization"
    STATE_MACHINES = "state-machines"
    RECOVERY_PATH = "recovery-path"
    WORKFLOWS = "workflows"
    FORK = "fork"
    PLANS = "plans"


OFFLINE = [judge for judge in Judge if judge is not Judge.PLANS]
MUST_END = {Judge.PARITY}
"""Whose allowances need a last day."""
SHARES = {Judge.PLANS: Judge.CHECKOV}
"""Whose allowances count for whom: checkov says of a plan much of what it says of the stacks."""


def _stacks(*names: str) -> dict[str, Document]:
    """The stacks of every system in the variants of these *names*."""
    return {
        f"{system}-{name}:{stack}": document
        for system in variants.systems()
        for name in names
        for stack, document in _synthesized(system, name).items()
    }


def _synthesized(system: str, name: str) -> dict[str, Document]:
    return variants.synthesize(system, name, WORK / "requests")


def _parity() -> list[Finding]:
    """The two regions of every system that is in two."""
    found = []
    for system in variants.systems():
        settings = variants.settings_of(system, ())
        if isinstance(settings, TwoRegionSettings):
            both = parity.documents(_synthesized(system, "defaults"), settings)
            differences = parity.differences(both.first, both.second, settings.regions)
            found += [replace(one, text=f"{one.text} ({system})") for one in differences]
    return found


JUDGES: dict[Judge, Callable[[], list[Finding]]] = {
    Judge.REQUESTS: requests.judge,
    Judge.PARITY: _parity,
    Judge.CHECKOV: lambda: checkov.judge_stacks(_stacks("defaults")),
    Judge.POLICIES: lambda: policies.judge({**_stacks("defaults"), **shown.policies()}),
    Judge.AUTHORIZATION: lambda: authorization.judge({**_stacks("defaults", "options"), **shown.policies()}),
    Judge.STATE_MACHINES: lambda: state_machines.judge(_stacks("defaults")),
    Judge.RECOVERY_PATH: recovery_path.judge,
    Judge.WORKFLOWS: workflows.judge,
    Judge.FORK: fork.judge,
    Judge.PLANS: plans.judge,
}


@app.command()
def run(
    judges: Annotated[
        list[Judge] | None,
        typer.Argument(help="Who judges; default: all but plans, which needs a running local cloud."),
    ] = None,
) -> None:
    """Run the judges one after the other."""
    passed = [_passes(judge) for judge in judges or OFFLINE]
    raise typer.Exit(0 if all(passed) else 1)


def _passes(judge: Judge) -> bool:
    began = time.monotonic()
    found = JUDGES[judge]()
    known = [*allowances(judge, must_end=judge in MUST_END), *_shared(judge, found)]
    open_ = unexplained(found, known, today=datetime.now(UTC).date())
    _report(judge, found, open_, time.monotonic() - began)
    return not open_


def _shared(judge: Judge, found: list[Finding]) -> list[Allowance]:
    """What another judge's list allows too; that list is asked elsewhere whether it is still needed."""
    known = allowances(SHARES[judge]) if judge in SHARES else []
    return [one for one in known if any(one.covers(finding) for finding in found)]


def _report(judge: Judge, found: list[Finding], open_: Iterable[Finding], seconds: float) -> None:
    lines = list(open_)
    verdict = f"[red]{len(lines)} unexplained[/red]" if lines else "[green]passed[/green]"
    screen.print(f"{judge:<15} {verdict}, {len(found)} findings, {seconds:.1f} s", soft_wrap=True)
    for finding in lines:
        screen.print(f"    {finding}", soft_wrap=True, markup=False)


def main() -> None:
    """Run the judges; a known error is one line and exit code 2."""
    try:
        app()
    except (ListError, SynthesisFailed, LocalCloudError) as error:
        Console(stderr=True, highlight=False).print(f"[red]error:[/red] {error}", soft_wrap=True)
        raise SystemExit(2) from None


if __name__ == "__main__":
    main()
