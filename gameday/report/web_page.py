"""The page of a drill of the web application: the same page as of the other systems, with its own words."""

from collections.abc import Sequence

from gameday.judge.timeline import Event
from gameday.judge.web_summary import WebSummary
from gameday.load.visits import APPLICATION
from gameday.observe.web import WebLook
from gameday.report.console import shown
from gameday.report.page import tables, words
from gameday.report.page.curve import curve, legend
from gameday.report.page.markup import Markup, document, join, section, table, tag
from gameday.report.page.style import STYLE
from gameday.report.seconds import Second

_HONEST = (
    "Emulated AWS on one machine. Instances are groups of processes: what AWS needs to boot one is declared "
    "by AWS and measured nowhere here."
)


def page(
    summary: WebSummary, seen: Sequence[Second], events: Sequence[Event], looks: Sequence[WebLook]
) -> str:
    """The whole page."""
    body = tag(
        "main",
        _header(summary),
        section(
            "What happened",
            curve(seen, events, (), APPLICATION),
            legend(seen, APPLICATION),
            tables.timeline(events),
            tables.by_second(seen),
        ),
        section("Instances and targets", _instances(looks), *_actions(summary)),
        section("Expectations", tables.checks(summary.checks)),
        section("Terraform after the fact", tables.terraform(summary.terraform)),
        section("Durations", _durations(summary)),
        section("Versions", tables.versions(summary.versions, summary.host)),
    )
    told = f"Run {summary.run}, fault at {summary.fault_at}, {summary.rate:g} visits a second."
    footer = tag("footer", tag("p", _HONEST), tag("p", told))
    return document(f"{summary.scenario} {summary.verdict}: {summary.title}", STYLE, body, footer)


def _header(summary: WebSummary) -> Markup:
    counts, measured, objectives = summary.counts, summary.measured, summary.objectives
    facts = (
        (f"{counts.failed:,}", f"of {counts.visits:,} visits failed after the fault; nobody asked twice"),
        (
            f"{counts.lost}",
            f"of {counts.entries:,} acknowledged entries lost; the objective is {objectives.rpo_s:g} s",
        ),
        (
            f"{shown(measured.restored_s)} s",
            f"until the application answered everybody again; the objective is {objectives.rto_s:g} s",
        ),
        (f"{shown(measured.whole_s)} s", "until as many instances served as should"),
    )
    return tag(
        "header",
        tag(
            "p",
            tables.verdict(summary.verdict),
            tag("span", f"{summary.scenario}: {summary.title}", class_="what"),
            tag("span", "local cloud", class_="label"),
            class_="eyebrow",
        ),
        tag("h1", headline(summary)),
        *(tag("p", f"Invalid: {reason}", class_="invalid-text") for reason in summary.invalid_reasons),
        *(tag("p", told, class_="missed-text") for told in words.missed(summary)),
        tag(
            "ul", *(tag("li", tag("b", figure), tag("span", what)) for figure, what in facts), class_="facts"
        ),
    )


def headline(summary: WebSummary) -> str:
    """The one sentence that stays when everything else is forgotten."""
    if summary.verdict == "invalid":
        return "This run proves nothing, whatever its figures say."
    if summary.counts.lost:
        return f"{summary.counts.lost} entries that somebody was told to have written are gone."
    if summary.verdict == "missed":
        return "No entry was lost, but not everything went as it must."
    if summary.counts.failed:
        return "Some visitors noticed for a moment, and no entry was lost."
    return "Nobody noticed, and no entry was lost."


def _instances(looks: Sequence[WebLook]) -> Markup:
    """Every change of the group and its targets, as figures."""
    rows, last = [], None
    for look in looks:
        state = [
            f"{len(look.in_service)} of {look.desired}",
            str(len(look.healthy)),
            look.refresh or "none",
            ", ".join(look.ringing) or "none",
            look.version or "no answer",
            look.leads_to or "nowhere",
        ]
        if state != last:
            rows.append([f"{look.at - looks[0].at:.0f}", *state])
        last = state
    head = ["second of the look", "in service", "healthy", "refresh", "alarms", "version", "name leads to"]
    return table("What was seen, whenever it changed", head, rows)


def _actions(summary: WebSummary) -> list[Markup]:
    """What remediation did, where it did something."""
    if not summary.actions:
        return []
    return [table("What remediation did", ["action"], [[one] for one in summary.actions])]


def _durations(summary: WebSummary) -> Markup:
    measured = [
        [name.removesuffix("_s"), shown(value)] for name, value in summary.measured.model_dump().items()
    ]
    waits = [[what, f"{value:g}"] for what, value in summary.waits.items()]
    return join(
        tag(
            "div",
            table("Measured on this machine, seconds after the fault", ["moment", "s"], measured, numbers=1),
            table("Configured waits, inside the measured times", ["wait", "s"], waits, numbers=1),
            class_="pair",
        ),
        *(tag("p", f"Declared by AWS: {told}") for told in summary.declared_aws),
    )
