"""The report of a drill as one HTML page that needs no other file and no network."""

from gameday.drill import Record
from gameday.judge import Judgement
from gameday.page import budget, tables, topology
from gameday.page.curve import curve
from gameday.page.markup import Markup, join, tag
from gameday.page.seconds import seconds
from gameday.page.style import STYLE
from gameday.report import shown
from gameday.summary import Summary
from gameday.timeline import epoch_before

_SENTENCES = {
    "met": "Every expectation was met.",
    "missed": "At least one expectation was missed.",
    "invalid": "The run is invalid: it proves nothing, whatever its figures say.",
}


def page(record: Record, judgement: Judgement) -> str:
    """The whole page."""
    summary, fault = judgement.summary, record.fault
    seen = seconds(record.operations, fault_at=fault.at, since=record.steady_since, until=record.until)
    epoch = epoch_before(record.history, fault)
    was, became = topology.before(fault, epoch), topology.after(fault, epoch + summary.steady.epochs_begun)
    body = tag(
        "main",
        _header(summary),
        _section("What happened", curve(seen, judgement.events), tables.timeline(judgement.events)),
        tables.by_second(seen),
        _section(
            "Who held what",
            tag(
                "div",
                _figure(topology.picture(was, title="Before the fault", id_="before"), "Before the fault"),
                _figure(topology.picture(became, title="At the end", id_="after"), "At the end"),
                class_="pair",
            ),
        ),
        _section("Budget of the recovery time objective", budget.bar(summary)),
        _section("Expectations", tables.checks(summary)),
        _section("Payments", tables.payments(summary)),
        _section("Durations", tables.durations(summary)),
        _section("Calls of the recovery", tables.calls(summary)),
        _section("Versions", tables.versions(summary)),
    )
    return f"<!doctype html>\n{tag('html', _head(summary), tag('body', body), lang='en')}\n"


def _head(summary: Summary) -> Markup:
    return tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("title", f"{summary.scenario} {summary.verdict}: {summary.title}"),
        tag("style", Markup(STYLE)),
    )


def _header(summary: Summary) -> Markup:
    restored, paid = summary.measured.restored_s, summary.payments
    moved = summary.holder_before != summary.holder_after
    facts = (
        (f"{shown(restored)} s" if restored is not None else "never", "to the restored service"),
        (str(paid.lost), f"of {paid.acknowledged} acknowledged payments lost"),
        (str(paid.duplicated), "payments charged twice"),
        (str(paid.acknowledged_while_fenced), "acknowledged without the lease"),
    )
    went = (
        f"{summary.holder_before} → {summary.holder_after}"
        if moved
        else f"{summary.holder_before} had to keep the lease"
    )
    return tag(
        "header",
        tag("span", "local cloud", class_="label"),
        tag("h1", f"{summary.scenario}: {summary.title}"),
        tag(
            "p",
            tag("span", summary.verdict.upper(), class_=f"verdict {summary.verdict}"),
            f" · {_SENTENCES[summary.verdict]} {went}.",
        ),
        *_reasons(summary),
        tag(
            "p",
            f"Fault at {summary.fault_at}, run {summary.run}, {summary.rate:g} payments/s.",
            class_="note",
        ),
        tag(
            "ul", *(tag("li", tag("b", figure), tag("span", what)) for figure, what in facts), class_="facts"
        ),
        tag(
            "p",
            "Emulated AWS on one machine: times of mechanisms are measured, those that only AWS can show are "
            "quoted and never added in.",
            class_="note",
        ),
    )


def _reasons(summary: Summary) -> list[Markup]:
    return [tag("p", f"Invalid: {reason}", class_="invalid") for reason in summary.invalid_reasons]


def _section(title: str, *content: str) -> Markup:
    name = title.lower().replace(" ", "-")
    return tag("section", tag("h2", title, id=name), join(*content), aria_labelledby=name)


def _figure(picture: Markup, caption: str) -> Markup:
    return tag("figure", picture, tag("figcaption", caption))
