"""What an operator sees: tables and lists, made of values."""

from dataclasses import asdict
from typing import Any

from rich.table import Table

from dr.rules import Finding, Verdict
from dr.topology import Topology

COLOURS = {Verdict.PASS: "green", Verdict.FAIL: "red", Verdict.UNKNOWN: "yellow"}


def topology_table(topology: Topology, now: int) -> Table:
    """Both regions and the lease at *now*, in milliseconds."""
    table = Table("region", "live", "ready", "lease", title=_headline(topology, now))
    for view in topology.regions:
        held = topology.lease and topology.lease.held_by(view.region)
        lease = topology.lease.state.value if topology.lease and held else ""
        table.add_row(view.region, view.live.value, view.ready.value, lease)
    return table


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
    left = (topology.lease.expires_at_ms - now) / 1000
    when = f"expires in {left:.0f} s" if left > 0 else f"expired {-left:.0f} s ago"
    return f"epoch {topology.lease.epoch}, {when}, automation {topology.lease.automation.value}"
