"""Several drills together: each with its own verdict, and the spread of what they measured. Pure."""

from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field
from rich.console import Console
from rich.table import Table

from gameday.judge.summary import Judged, Measured, RequestCounts, Summary
from gameday.report.console import words
from gameday.series import Ran, worst


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Outcome(_Part):
    """One drill. Without a verdict there is no run to look at."""

    scenario: str
    title: str = ""
    verdict: Literal["met", "missed", "invalid", "error"]
    run: str | None = None
    missed: tuple[str, ...] = ()
    """Every expectation that was not met, in words."""
    invalid_reasons: tuple[str, ...] = ()
    measured: Measured | None = None
    noun: str = "payment"
    """One of what `requests` counts."""
    requests: RequestCounts | None = Field(
        default=None, validation_alias="payments", serialization_alias="payments"
    )
    superseded: bool = False
    """It was invalid and held again; the exit code does not count it."""

    @property
    def valid(self) -> bool:
        """Whether its figures mean anything; a run that did harm is missed even when they do not."""
        return self.verdict in {"met", "missed"} and not self.invalid_reasons


class Spread(_Part):
    """How a moment of a scenario came out over its valid runs, in seconds after the fault.

    The moment `takeover` is a time between two: from `detected` to `first_ack`.
    """

    scenario: str
    moment: str
    runs: int
    """In how many of them it happened at all."""
    min: float
    median: float
    max: float


class Runs(_Part):
    """The outcome of a command, for machines. Fields are only ever added within a version."""

    schema_version: Literal["1"] = Field(default="1", alias="schema")
    outcomes: tuple[Outcome, ...]
    spreads: tuple[Spread, ...]
    exit_code: int

    @classmethod
    def of(cls, series: Sequence[Ran]) -> "Runs":
        """All drills of a series, in order."""
        outcomes = tuple(
            _outcome(ran.summary, superseded=ran.superseded)
            if ran.summary
            else Outcome(scenario=ran.scenario, verdict="error")
            for ran in series
        )
        code = worst([ran.code for ran in series if not ran.superseded])
        return cls(outcomes=outcomes, spreads=_spreads(outcomes), exit_code=code)

    def write(self, folder: Path) -> Path:
        """The file for machines, beside the evidence of the runs that it counts."""
        last = next((one.run for one in reversed(self.outcomes) if one.run), "none")
        path = folder / f"runs-{last}.json"
        folder.mkdir(parents=True, exist_ok=True)
        path.write_text(self.model_dump_json(by_alias=True, indent=2) + "\n")
        return path

    def show(self, screen: Console) -> None:
        """One line a drill, all requests, then a table of the spreads where a scenario ran more than once."""
        screen.print("drill verdict  restored")
        for one in self.outcomes:
            screen.print(_line(one), soft_wrap=True)
        screen.print(_balance(self.outcomes), soft_wrap=True)
        repeated = [spread for spread in self.spreads if spread.runs > 1]
        if repeated:
            screen.print(_table(repeated))


def _outcome(summary: Judged, *, superseded: bool) -> Outcome:
    return Outcome(
        scenario=summary.scenario,
        title=summary.title,
        verdict=summary.verdict,
        run=summary.run,
        missed=tuple(words(check) for check in summary.checks if not check.met),
        invalid_reasons=summary.invalid_reasons,
        measured=summary.measured if isinstance(summary, Summary) else None,
        noun=summary.noun if isinstance(summary, Summary) else "",
        requests=summary.requests if isinstance(summary, Summary) else None,
        superseded=superseded,
    )


def _line(one: Outcome) -> str:
    """A drill in a line: how it ended, seconds from the fault to the restoration, what it was, and why."""
    restored = one.measured.restored_s if one.measured else None
    after = "      -" if restored is None else f"{restored:5.0f} s"
    why = (*one.missed, *one.invalid_reasons, *(("held again",) if one.superseded else ()))
    return f"{one.scenario:5} {one.verdict:8} {after}  {'; '.join((one.title, *why))}".rstrip()


def _balance(outcomes: Sequence[Outcome]) -> str:
    """All requests of drills with a verdict; whoever was only told "accepted" may not lose one either."""
    valid = f"valid drills: {sum(one.valid for one in outcomes)}"
    counted = [one for one in outcomes if one.requests and one.verdict != "invalid"]
    if not counted:
        return valid
    acknowledged, lost, accepted_lost, duplicated, fenced = (
        sum(getattr(one.requests, count) for one in counted)
        for count in ("acknowledged", "lost", "accepted_lost", "duplicated", "acknowledged_while_fenced")
    )
    return (
        f"{valid}; {acknowledged:,} {counted[0].noun}s acknowledged, "
        f"{lost + accepted_lost} lost, {duplicated} duplicated, {fenced} acknowledged while fenced"
    )


def _spreads(outcomes: Sequence[Outcome]) -> tuple[Spread, ...]:
    """An invalid run proves nothing, so nothing of it is counted."""
    found = []
    for scenario in dict.fromkeys(one.scenario for one in outcomes):
        valid = [one.measured for one in outcomes if one.scenario == scenario and one.measured and one.valid]
        for moment in (*Measured.model_fields, "takeover_s"):
            seconds = [value for one in valid if (value := getattr(one, moment)) is not None]
            if seconds:
                found.append(
                    Spread(
                        scenario=scenario,
                        moment=moment.removesuffix("_s"),
                        runs=len(seconds),
                        min=min(seconds),
                        median=round(median(seconds), 3),
                        max=max(seconds),
                    )
                )
    return tuple(found)


def _table(spreads: Sequence[Spread]) -> Table:
    table = Table(
        title="Valid runs, seconds after the fault (takeover: from detected to first ack)",
        title_justify="left",
    )
    table.add_column("scenario")
    table.add_column("moment")
    for column in ("runs", "min", "median", "max"):
        table.add_column(column, justify="right")
    for one in spreads:
        figures = (f"{value:.1f}" for value in (one.min, one.median, one.max))
        table.add_row(one.scenario, one.moment.replace("_", " "), str(one.runs), *figures)
    return table
