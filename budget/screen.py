"""The budget as people and as machines read it."""

from dataclasses import asdict
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from budget.model import Basis, Budget, Leg, Objective, Verdict

STYLES = {Verdict.MET: "green", Verdict.UNPROVEN: "yellow", Verdict.INFEASIBLE: "red"}


def as_json(budget: Budget) -> dict[str, Any]:
    """A map for `--json`."""
    return {
        "system": budget.system,
        "warnings": list(budget.warnings),
        "objectives": [
            {
                "name": one.name,
                "limit_s": one.limit_s,
                "verdict": one.verdict,
                "reason": one.reason,
                "accepted": one.accepted,
                "sums_s": {basis: {"least": low, "most": high} for basis, (low, high) in one.sums().items()},
                "measured": asdict(one.measured) if one.measured else None,
                "legs": [asdict(leg) for leg in one.legs],
            }
            for one in budget.objectives
        ],
    }


def as_tables(budget: Budget) -> RenderableType:
    """The verdicts, the legs behind them, and the warnings. Each basis has its own column."""
    warnings = [Text(f"warning: {line}", style="yellow") for line in budget.warnings]
    return Group(_verdicts(budget), _legs(budget), *_sources(budget), *warnings)


def _verdicts(budget: Budget) -> Table:
    table = Table("objective", "verdict", "why", "measured in a drill", title=f"budget of {budget.system}")
    for one in budget.objectives:
        why = f"{one.reason}. Accepted: {one.accepted}" if one.accepted else one.reason
        table.add_row(one.name, Text(one.verdict, style=STYLES[one.verdict]), why, _measured(one))
    return table


def _measured(one: Objective) -> str:
    return f"{one.measured.seconds:.1f} s ({one.measured.run})" if one.measured else ""


def _legs(budget: Budget) -> Table:
    table = Table("objective", "leg", *Basis, title="legs, in seconds: at least .. at most")
    for one in budget.objectives:
        for leg in one.legs:
            columns = [_range(leg) if leg.basis is basis else "" for basis in Basis]
            table.add_row(one.name, leg.name, *columns)
        table.add_section()
    return table


def _sources(budget: Budget) -> list[Text]:
    said = {
        leg.name: f"{leg.basis}: {leg.name}: {leg.source}" for one in budget.objectives for leg in one.legs
    }
    return [Text(line, style="dim") for line in said.values()]


def _range(leg: Leg) -> str:
    most = "?" if leg.most_s is None else f"{leg.most_s:,.0f}"
    return f"{leg.least_s:,.0f} .. {most}"
