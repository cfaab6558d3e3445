"""The outcome of a drill for people: what was measured, waited for and declared is kept apart."""

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from gameday.judge.summary import Check, Judged, Summary
from gameday.judge.timeline import Event
from gameday.report.proof_words import lines

_COLOURS = {"met": "green", "missed": "red", "invalid": "yellow"}


def print_report(console: Console, summary: Summary, events: Sequence[Event]) -> None:
    """Print timeline, durations, requests, calls, expectations and the verdict."""
    console.print(_timeline(events))
    console.print(_durations(summary))
    console.print(_calls(summary))
    for line in lines(summary.proof) if summary.proof else ():
        console.print(line, soft_wrap=True, markup=False)
    _outcome(console, summary, _counts(summary))


def print_checks(console: Console, summary: Judged, events: Sequence[Event], told: str) -> None:
    """Print timeline, expectations and the verdict with its figures, *told* in words."""
    console.print(_timeline(events))
    _outcome(console, summary, told)


def _outcome(console: Console, summary: Judged, told: str) -> None:
    console.print(_checks(summary.checks))
    for reason in summary.invalid_reasons:
        console.print(f"[yellow]invalid:[/yellow] {reason}", soft_wrap=True)
    colour = _COLOURS[summary.verdict]
    console.print(
        f"{summary.scenario}: [bold {colour}]{summary.verdict.upper()}[/bold {colour}] · {told}",
        soft_wrap=True,
    )


def _timeline(events: Sequence[Event]) -> Table:
    table = Table(title="Timeline, seconds after the fault", title_justify="left")
    table.add_column("s", justify="right")
    table.add_column("event")
    table.add_column("", style="dim")
    for event in events:
        table.add_row(f"{event.after_s:.1f}", event.name, event.detail)
    return table


def _durations(summary: Summary) -> Table:
    """Three kinds of time in three sections: they must not be added up by eye."""
    table = Table(title="Durations, s", title_justify="left")
    table.add_column("kind")
    table.add_column("what")
    table.add_column("s", justify="right")
    for what, seconds in summary.measured.model_dump().items():
        table.add_row("measured", _words(what), "never" if seconds is None else f"{seconds:.1f}")
    table.add_section()
    for what, seconds in summary.configured_waits.model_dump().items():
        table.add_row("configured", _words(what), f"{seconds:g}")
    table.add_section()
    for what, declared in summary.declared_aws.items():
        best = "?" if declared.optimistic_s is None else f"from {declared.optimistic_s:g}"
        table.add_row("declared by AWS", f"{_words(what)}: {declared.statement}", best)
    return table


def _calls(summary: Summary) -> Table:
    title = f"AWS calls of the recovery: {summary.calls.during_recovery}"
    table = Table(title=title, title_justify="left")
    for column in ("principal", "service", "action"):
        table.add_column(column)
    table.add_column("calls", justify="right")
    for line in summary.calls.table:
        table.add_row(line.principal, line.service, line.action, str(line.count))
    return table


def _checks(checks: Sequence[Check]) -> Table:
    table = Table(title="Expectations", title_justify="left")
    table.add_column("what")
    table.add_column("expected", justify="right")
    table.add_column("measured", justify="right")
    table.add_column("")
    for check in checks:
        sign = "[green]met[/green]" if check.met else "[red]missed[/red]"
        table.add_row(check.name, expected(check), shown(check.measured), sign)
    return table


def expected(check: Check) -> str:
    """What a check asks for, in words."""
    if check.limit is None:
        return f"at least {check.at_least:g}"
    exact = check.at_least == check.limit
    return f"{check.limit:g}" if exact else f"at most {check.limit:g}"


def words(check: Check) -> str:
    """What a check asked for and what was measured, in one line."""
    return f"{check.name}: expected {expected(check)}, measured {shown(check.measured)}"


def shown(measured: float | None) -> str:
    """What was measured, in words."""
    return "never" if measured is None else f"{measured:g}"


def _counts(summary: Summary) -> str:
    told = summary.requests
    return (
        f"{told.attempted} {summary.noun}s, {told.acknowledged} acknowledged, {told.accepted} accepted, "
        f"{told.unanswered} unanswered, {told.lost} lost, {told.duplicated} duplicated, "
        f"{told.acknowledged_while_fenced} acknowledged while fenced, {told.reconciled} reconciled"
    )


def _words(name: str) -> str:
    return name.removesuffix("_s").replace("_", " ")
