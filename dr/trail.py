"""trail: is the audit trail of the trading platform whole, and which of its pages are late in a region?"""

import re
from collections.abc import Mapping
from typing import Annotated

import typer
from rich.console import Console

from dr.aws import Cloud
from dr.calls import AwsUnavailable
from dr.deployment import DEFAULT_OUTPUTS, Deployment
from dr.envelope import write
from dr.exits import Exit
from dr.operations import Refused
from dr.options import AsJson, OutputsFile
from durable.trail_check import Pages, broken, late, perhaps_late
from trading.schemas import NAME

screen = Console(highlight=False)
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
Lines = Mapping[str, list[str]]
"""By region."""


def trail(
    day: Annotated[str, typer.Argument(help="In UTC, such as 2026-11-30.")],
    *,
    outputs: OutputsFile = DEFAULT_OUTPUTS,
    as_json: AsJson = False,
) -> None:
    """Check the audit trail of a day: is each page as the next one says, and is it in both regions?"""
    if not DAY.fullmatch(day):
        raise Refused("a day is written like 2026-11-30")
    cloud = Cloud(Deployment.load(outputs))
    if cloud.deployment.system != NAME:
        raise Refused(f"{cloud.deployment.system} writes no audit trail: this is for {NAME}")
    pages, unread = _read(cloud, day)
    wrong = {region: broken(found) for region, found in pages.items()}
    missing = _late(pages, unread)
    code = Exit.FAILED if any(wrong.values()) else Exit.UNHEALTHY if any(missing.values()) else Exit.DONE
    if as_json:
        counts = {region: len(found) for region, found in pages.items()}
        write("trail", code, {"pages": counts, "wrong": wrong, "late": missing, "unread": unread})
    else:
        _tell(pages, wrong, missing, unread)
    raise typer.Exit(code)


def _read(cloud: Cloud, day: str) -> tuple[dict[str, Pages], dict[str, str]]:
    """The pages in each region, and why one cannot be read. Raises AwsUnavailable when none can."""
    pages: dict[str, Pages] = {}
    unread: dict[str, str] = {}
    for region in cloud.deployment.places:
        try:
            pages[region] = cloud.audit_pages(region, day)
        except AwsUnavailable as error:
            unread[region] = str(error)
    if not pages:
        raise AwsUnavailable(f"the audit trail cannot be read ({'; '.join(unread.values())})")
    return pages, unread


def _late(pages: Mapping[str, Pages], unread: Mapping[str, str]) -> Lines:
    """What each region lacks; of a region that cannot be read, what it may not have copied."""
    everything = {key for found in pages.values() for key in found}
    lacking = {region: late(found, everything) for region, found in pages.items()}
    for lost in unread:
        for region, found in pages.items():
            lacking[region] = sorted({*lacking[region], *perhaps_late(found, lost)})
    return lacking


def _tell(pages: Mapping[str, Pages], wrong: Lines, missing: Lines, unread: Mapping[str, str]) -> None:
    for region, found in pages.items():
        screen.print(f"{region}: {len(found)} pages, {len(wrong[region])} wrong, {len(missing[region])} late")
        for line in wrong[region]:
            screen.print(f"  wrong: {line}", soft_wrap=True)
        for key in missing[region]:
            screen.print(f"  late: {key}", soft_wrap=True)
    for region, why in unread.items():
        screen.print(f"{region}: not read; its late pages may be among those above ({why})", soft_wrap=True)
