"""controls.json: what rules ask of a recovery, each beside the figure of this drill that answers it. Pure.

The rows stand in config/facts/controls.toml. A figure is a path in the run's summary, or one of three facts
that only this record has: the reference of the business impact analysis, assumptions, and deficiencies.
"""

import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from gameday.judge.summary import Summary
from gameday.report.console import words
from lib.facts import CONFIG

NAME = "controls.json"
_ASSUMED = (
    "The cloud is emulated on one machine, and every region shares its processors.",
    "Clocks differ by no more than the settings say.",
    "Strongly consistent tables keep a majority of three regions, as AWS documents.",
)
Figure = float | str | None


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Control(_Part):
    """A row of controls.toml."""

    rule: str
    asks: str
    field: str
    at_most: float | str | None = None
    at_least: float | str | None = None
    state: Literal["shown locally", "needs a run on AWS", "organisational"]
    evidence: str
    scenarios: tuple[str, ...] = ()


class Row(_Part):
    """A rule, and what this drill has to say about it."""

    rule: str
    text: str
    field: str
    objective: Figure
    """At most, or at least, this; null: the rule asks for no figure."""
    measured: Figure
    """Null: this drill does not show it; `state` and `scenarios` say what does."""
    margin: float | None
    """What is left to the objective; negative: it was missed."""
    evidence: str
    state: Literal["shown locally", "needs a run on AWS", "organisational"]
    scenarios: tuple[str, ...]
    """The drills that show it; empty: every one."""

    @property
    def missed(self) -> bool:
        """Whether the drill shows that the rule is not kept."""
        return self.margin is not None and self.margin < 0


class Controls(_Part):
    """The whole file. Write it with `by_alias=True`."""

    schema_version: Literal["1"] = Field(default="1", alias="schema")
    run: str
    scenario: str
    cloud: str
    bia_reference: str | None
    """Where the business impact analysis is kept that the objectives come from; null: nobody said."""
    assumptions: tuple[str, ...]
    deficiencies: tuple[str, ...]
    rows: tuple[Row, ...]


@cache
def known() -> tuple[Control, ...]:
    """Every row this repository was released with."""
    document = tomllib.loads((CONFIG / "facts" / "controls.toml").read_text())
    return tuple(Control(**row) for row in document["control"])


def controls(summary: Summary) -> Controls:
    """The rows, answered by the drill of *summary*."""
    declared = [f"{name}: {one.statement}" for name, one in summary.declared_aws.items()]
    missed = [words(check) for check in summary.checks if not check.met]
    record = {
        "bia_reference": summary.objectives.bia or None,
        "assumptions": (*_ASSUMED, *declared),
        "deficiencies": (*missed, *summary.invalid_reasons),
    }
    facts = summary.model_dump(by_alias=True) | record
    told = {"run": summary.run, "scenario": summary.scenario, "cloud": summary.cloud}
    return Controls.model_validate(told | record | {"rows": [_row(control, facts) for control in known()]})


def _row(control: Control, facts: Mapping[str, Any]) -> Row:
    shown = control.state != "needs a run on AWS" and (
        not control.scenarios or facts["scenario"] in control.scenarios
    )
    measured = _figure(control.field, facts) if shown else None
    most, least = _limit(control.at_most, facts), _limit(control.at_least, facts)
    return Row(
        rule=control.rule,
        text=control.asks,
        field=control.field,
        objective=least if most is None else most,
        measured=measured,
        margin=_margin(measured, most, least),
        evidence=control.evidence,
        state=control.state,
        scenarios=control.scenarios,
    )


def _margin(measured: Figure, most: float | None, least: float | None) -> float | None:
    if not isinstance(measured, int | float):
        return None
    if most is not None:
        return round(most - measured, 3)
    return None if least is None else round(measured - least, 3)


def _limit(limit: float | str | None, facts: Mapping[str, Any]) -> float | None:
    found = _figure(limit, facts) if isinstance(limit, str) else limit
    return found if isinstance(found, int | float) else None


def _figure(path: str, facts: Mapping[str, Any]) -> Figure:
    """What stands at *path*. Raises KeyError when there is no such field."""
    found: Any = facts
    for name in path.split("."):
        found = found[name]
    return len(found) if isinstance(found, Mapping | list | tuple) else found


def counted(rows: Sequence[Row]) -> dict[str, int]:
    """How many rows there are of each state."""
    return {state: sum(row.state == state for row in rows) for state in sorted({row.state for row in rows})}
