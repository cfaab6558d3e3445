"""`dr doctor`."""

from collections.abc import Iterable
from dataclasses import asdict
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from dr.calls import AwsUnavailable
from dr.doctor import account, fleet, identity, images, issuer, quotas, secrets, state, zones
from dr.doctor.aws import Account, Aws, Unanswered, must
from dr.doctor.checks import Check, CheckResult, askable, examine
from dr.envelope import write
from dr.exits import Exit
from dr.options import AsJson
from dr.reasons.kinds import Kind
from dr.rules import Verdict
from dr.screen import COLOURS
from lib.systems.load import load_any

CHECKS: tuple[Check[Any, Any], ...] = tuple(
    sorted(
        [
            *account.CHECKS,
            *fleet.CHECKS,
            *identity.CHECKS,
            *images.CHECKS,
            *issuer.CHECKS,
            *quotas.CHECKS,
            *secrets.CHECKS,
            *state.CHECKS,
            *zones.CHECKS,
        ],
        key=lambda check: check.code,
    )
)
"""Everything that an organisation must bring."""


def doctor(
    *,
    accept: Annotated[
        list[str] | None,
        typer.Option("--accept", metavar="CODE", help="Let this check fail or be unknown; repeat for more."),
    ] = None,
    region: Annotated[
        str | None, typer.Option("--region", help="Ask this region only, while the other one is down.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Check that an account has all that a first deploy needs, in every region; creates nothing.

    Each check passes, fails or is unknown, with what mends it (docs/deployment.md tells more). Needs reading
    rights only. Exit code 5 when a check fails, 3 when none does and one is unknown.
    """
    accepted = frozenset(accept or ())
    if strange := accepted - {check.code for check in CHECKS}:
        raise typer.BadParameter(f"there is no check {', '.join(sorted(strange))}", param_hint="--accept")
    settings, aws = load_any(), Account()
    here = [one for one in CHECKS if one.concerns(settings)]
    regions = sorted((one.name for one in settings.regions), key=lambda name: name != settings.home.name)
    if region is not None and region not in regions:
        raise typer.BadParameter(f"choose {' or '.join(regions)}", param_hint="--region")
    progress = Console(stderr=True, highlight=False)
    with progress.status(f"asking AWS about {region or ' and '.join(regions)}, some ten seconds"):
        number = _account(aws, [region] if region else regions)
        findings = examine(here, aws, settings, number, alone=region)
    if region:
        left = [check.code for check in here if check not in askable(here)]
        progress.print(f"not asked, because {region} alone cannot say: {', '.join(left)}", soft_wrap=True)
    code = exit_code(findings, accepted)
    if as_json:
        shown = [{**asdict(one), "accepted": one.code in accepted} for one in findings]
        write(
            "doctor", code, {"account": number, "environment": settings.environment_suffix, "checks": shown}
        )
    else:
        Console(highlight=False).print(_table(findings, accepted, number))
    raise typer.Exit(code)


def exit_code(findings: Iterable[CheckResult], accepted: frozenset[str]) -> Exit:
    """Unhealthy when a check fails, unknown when none does and one is, unless it is among the *accepted*."""
    verdicts = {one.verdict for one in findings if one.code not in accepted}
    if Verdict.FAIL in verdicts:
        return Exit.UNHEALTHY
    return Exit.UNKNOWN if Verdict.UNKNOWN in verdicts else Exit.DONE


def _account(aws: Aws, regions: list[str]) -> str:
    """The account, as the first region says that answers. Raises AwsUnavailable, NoAccess."""
    reasons, kind = [], Kind.OTHER
    for region in regions:
        try:
            return str(must(aws("sts", region, "get_caller_identity"))["Account"])
        except Unanswered as error:
            reasons.append(str(error))
            kind = error.kind
    raise AwsUnavailable(f"no region says which account this is: {'; '.join(reasons)}", kind=kind)


def _table(findings: Iterable[CheckResult], accepted: frozenset[str], number: str) -> Table:
    table = Table("check", "where", "verdict", "asks", "found, and what mends it", title=f"account {number}")
    for one in findings:
        told = (
            [] if one.verdict is Verdict.PASS else [escape(text) for text in (*one.problems, f"-> {one.fix}")]
        )
        verdict = f"[{COLOURS[one.verdict]}]{one.verdict}[/]"
        mark = " (accepted)" if one.code in accepted and told else ""
        table.add_row(one.code, one.place, verdict + mark, one.asks, "\n".join(told))
    return table
