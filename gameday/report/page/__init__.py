"""The report of a drill as one HTML page that needs no other file and no network."""

from gameday.judge.summary import Summary
from gameday.report.data import ReportData
from gameday.report.page import balance, budget, tables, topology, words
from gameday.report.page.curve import curve, legend
from gameday.report.page.markup import Markup, document, section, tag
from gameday.report.page.style import STYLE
from gameday.report.seconds import seconds

_HONEST = (
    "Emulated AWS on one machine. Times of mechanisms are measured here; times that only AWS can show are "
    "quoted and never added to measured ones."
)


def page(data: ReportData) -> str:
    """The whole page."""
    summary, fault = data.summary, data.fault
    seen = seconds(data.operations, fault_at=fault.at, since=data.since, until=data.until)
    body = tag(
        "main",
        _header(data),
        section(
            "What happened",
            curve(seen, data.events, budget.legs(summary), fault.region),
            legend(seen, fault.region),
            tables.timeline(data.events),
            tables.by_second(seen),
        ),
        section("Who held what", _pictures(data)),
        section("Budget of the recovery time objective", budget.bar(summary)),
        section(f"{summary.noun.capitalize()}s", balance.requests(data)),
        section("Proof", tables.proof(summary.proof)),
        section("Expectations", tables.checks(summary.checks)),
        section("Terraform after the fact", tables.terraform(summary.terraform)),
        section("Calls of the recovery", tables.calls(summary)),
        section("Durations", tables.durations(summary)),
        section("Versions", tables.versions(summary.versions, summary.host)),
    )
    footer = tag("footer", tag("p", _HONEST), tag("p", _run(summary)))
    return document(f"{summary.scenario} {summary.verdict}: {summary.title}", STYLE, body, footer)


def _header(data: ReportData) -> Markup:
    summary = data.summary
    return tag(
        "header",
        tag(
            "p",
            tables.verdict(summary.verdict),
            tag("span", f"{summary.scenario}: {summary.title}", class_="what"),
            tag("span", "local cloud", class_="label"),
            class_="eyebrow",
        ),
        tag("h1", words.headline(summary)),
        tag("p", words.lead(summary, words.actions(data.fault)), class_="lead"),
        *(tag("p", f"Invalid: {reason}", class_="invalid-text") for reason in summary.invalid_reasons),
        *(tag("p", told, class_="missed-text") for told in words.missed(summary)),
        tag(
            "ul",
            *(tag("li", tag("b", figure), tag("span", what)) for figure, what in words.facts(summary)),
            class_="facts",
        ),
    )


def _pictures(data: ReportData) -> Markup:
    was = topology.before(data.fault, data.epoch)
    became = topology.after(data.fault, data.epoch + data.summary.steady.epochs_begun)
    return tag(
        "div",
        _figure(topology.picture(was, title="Before the fault", id_="before"), "Before the fault"),
        _figure(topology.picture(became, title="At the end", id_="after"), "At the end of the drill"),
        class_="pair",
    )


def _run(summary: Summary) -> str:
    return (
        f"Run {summary.run}, fault at {summary.fault_at}, {summary.rate:g} {summary.noun}s a second, "
        f"time scale {summary.time_scale:g}."
    )


def _figure(picture: Markup, caption: str) -> Markup:
    return tag("figure", picture, tag("figcaption", caption))
