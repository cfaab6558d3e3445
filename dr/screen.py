"""What an operator sees: tables and lists, made of values."""

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from dr.rules import Finding, Verdict
from dr.topology import Topology

COLOURS = {Verdict.PASS: "green", Verdict.FAIL: "red", Verdict.UNKNOWN: "yellow"}


def topology_table(topology: Topology, now: int) -> RenderableType:
    """Both regions and the lease at *now* by this machine's clock, in milliseconds, and what is not known."""
    table = Table("region", "live", "ready", "lease", title=_headline(topology, now))
    for view in topology.regions:
        held = topology.lease and topology.lease.held_by(view.region)
        lease = topology.lease.state.value if topology.lease and held else ""
        table.add_row(view.region, view.live.value, view.ready.value, lease)
    return Group(table, *notes(topology.reasons, topology.clock_warning))


def topology_line(topology: Topology, now: int) -> str:
    """The same in one line, for a file."""
    lease = topology.lease
    regions = [
        f"{view.region} live={view.live} ready={view.ready}"
        + (f" lease={lease.state}" if lease and lease.held_by(view.region) else "")
        for view in topology.regions
    ]
    return "; ".join([*regions, _headline(topology, now), *topology.reasons])


def notes(reasons: Iterable[str], warning: str | None = None) -> list[Text]:
    """Why something is not known, and what else to know."""
    lines = [Text(f"unknown: {reason}", style="yellow") for reason in reasons]
    return lines + ([Text(f"note: {warning}", style="yellow")] if warning else [])


def findings_table(findings: list[Finding]) -> Table:
    """The verdicts, with what mends those that are not good."""
    table = Table("rule", "verdict", "asks", "fix")
    for found in findings:
        colour = COLOURS[found.verdict]
        fix = "" if found.verdict is Verdict.PASS else found.fix
        table.add_row(found.code, f"[{colour}]{found.verdict}[/{colour}]", found.asks, fix)
    return table


def findings_json(findings: list[Finding]) -> list[dict[str, Any]]:
    """The verdicts for machines."""
    return [asdict(found) for found in findings]


def _headline(topology: Topology, now: int) -> str:
    if topology.lease_read_in is None:
        return "lease unknown: no region could read it"
    if topology.lease is None:
        return "no lease yet: no region has taken the first epoch"
    left = topology.expires_in_s(now) or 0.0
    when = f"expires in {left:.0f} s" if left > 0 else f"expired {-left:.0f} s ago"
    return f"epoch {topology.lease.epoch}, {when}, automation {topology.lease.automation.value}"
