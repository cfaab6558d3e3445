"""One page for those who answer for the system: what failed, what to do, and which file to change. Pure."""

from gameday.judge.summary import Check, Summary
from gameday.report.advice import advice
from gameday.report.console import expected, shown
from gameday.report.controls import Controls, Row, counted
from gameday.report.page import tables
from gameday.report.page.markup import Markup, document, section, table, tag
from gameday.report.page.style import STYLE
from gameday.report.page.words import headline


def page(summary: Summary, controls: Controls) -> str:
    """The whole page."""
    body = tag(
        "main",
        _header(summary),
        section("What failed", *_failed(summary)),
        section("Rules", *_rules(controls)),
        section("What this drill takes for granted", _listed(controls.assumptions)),
    )
    told = f"Run {summary.run}. The rows of all rules: controls.json. Nothing here certifies anything."
    return document(f"{summary.scenario} for management", STYLE, body, tag("footer", tag("p", told)))


def _header(summary: Summary) -> Markup:
    return tag(
        "header",
        tag(
            "p",
            tables.verdict(summary.verdict),
            tag("span", f"{summary.scenario}: {summary.title}", class_="what"),
            tag("span", f"{summary.cloud} cloud", class_="label"),
            class_="eyebrow",
        ),
        tag("h1", headline(summary)),
    )


def _failed(summary: Summary) -> list[Markup]:
    invalid = [tag("p", f"Invalid: {reason}", class_="invalid-text") for reason in summary.invalid_reasons]
    missed = [check for check in summary.checks if not check.met]
    if not missed:
        return [*invalid, tag("p", f"Nothing: all {len(summary.checks)} expectations were met.")]
    head = ["expectation", "expected", "measured", "what to do first", "file to change"]
    return [
        *invalid,
        table("Expectations that were missed", head, [_advised(check, summary.noun) for check in missed]),
    ]


def _advised(check: Check, noun: str) -> list[str]:
    told = advice(check.name, noun)
    return [check.name, expected(check), shown(check.measured), told.do, told.file]


def _rules(controls: Controls) -> list[Markup]:
    states = ", ".join(f"{number} {state}" for state, number in counted(controls.rows).items())
    told = tag("p", f"{len(controls.rows)} rules: {states}.")
    reference = controls.bia_reference or "named nowhere: set objectives.bia in the settings"
    analysis = tag("p", f"Business impact analysis: {reference}.")
    missed = [row for row in controls.rows if row.missed]
    if not missed:
        return [told, analysis, tag("p", "No rule that this drill can answer was missed.")]
    head = ["rule", "asks", "objective", "measured", "margin"]
    return [told, analysis, table("Rules that were missed", head, [_cells(row) for row in missed], numbers=3)]


def _cells(row: Row) -> list[str]:
    return [row.rule, row.text, str(row.objective), str(row.measured), str(row.margin)]


def _listed(texts: tuple[str, ...]) -> Markup:
    return tag("ul", *(tag("li", text) for text in texts))
