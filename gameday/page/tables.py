"""The tables of the page."""

from collections.abc import Sequence

from gameday.page.markup import Markup, join, table, tag
from gameday.page.seconds import Second
from gameday.report import expected, shown
from gameday.summary import Summary
from gameday.timeline import Event


def timeline(events: Sequence[Event]) -> Markup:
    """The events in the order of time, with the numbers of their marks."""
    return tag(
        "ol",
        *(
            tag(
                "li",
                tag("b", str(number)),
                tag("span", f"{event.after_s:.1f} s", class_="at"),
                tag("span", tag("b", event.name), f" · {event.detail}" if event.detail else ""),
            )
            for number, event in enumerate(events, 1)
        ),
        class_="marks",
    )


def by_second(seen: Sequence[Second]) -> Markup:
    """The curve as figures, for those who read figures or cannot see the picture."""
    rows = [[f"{s.after_s}", str(s.settled), str(s.failed), _or_none(s.p99_ms)] for s in seen]
    head = ["second", "settled", "failed", "p99, ms"]
    return tag(
        "details",
        tag("summary", "The same as figures"),
        table("Attempts sent in each second after the fault", head, rows, numbers=3),
    )


def checks(summary: Summary) -> Markup:
    """Every expectation; missed ones come first."""
    rows = [
        [check.name, "met" if check.met else "MISSED", expected(check), shown(check.measured)]
        for check in sorted(summary.checks, key=lambda check: check.met)
    ]
    return table("What had to be true", ["expectation", "verdict", "expected", "measured"], rows, numbers=2)


def durations(summary: Summary) -> Markup:
    """Three kinds of time in three tables: they must not be added up by eye."""
    measured = [[_words(name), shown(s)] for name, s in summary.measured.model_dump().items()]
    waits = [[_words(name), f"{s:g}"] for name, s in summary.configured_waits.model_dump().items()]
    declared = [
        [f"{_words(name)}: {one.statement}", " ".join(one.sources), f"from {shown(one.optimistic_s)}"]
        for name, one in summary.declared_aws.items()
    ]
    return join(
        table("Measured on this machine, seconds after the fault", ["moment", "s"], measured, numbers=1),
        table("Configured waits, inside the measured times", ["wait", "s"], waits, numbers=1),
        table("Declared by AWS, in no measured time", ["what", "source", "s"], declared, numbers=1),
    )


def payments(summary: Summary) -> Markup:
    """The balance of what clients were told against what the ledger holds."""
    paid = summary.payments.model_dump(exclude={"unbalanced_minor"})
    rows = [[_words(name), str(count)] for name, count in paid.items()]
    unbalanced = summary.payments.unbalanced_minor
    rows += [[f"ledger minus acknowledged, {currency}", str(n)] for currency, n in unbalanced.items()]
    if not unbalanced:
        rows.append(["ledger minus acknowledged, every currency", "0"])
    return table("Payments", ["what", "count"], rows, numbers=1)


def calls(summary: Summary) -> Markup:
    """Who called what between the fault and the restoration."""
    rows = [[f"{c.service}:{c.action}", c.principal, str(c.count)] for c in summary.calls.table]
    told = summary.calls
    caption = (
        f"{told.during_recovery} AWS calls: {told.to_dead_region} to the lost region, "
        f"{told.to_foreign_control_plane} to a control plane homed elsewhere"
    )
    return table(caption, ["call", "role", "count"], rows, numbers=1)


def versions(summary: Summary) -> Markup:
    """What was run, on what."""
    rows = [[name, version] for name, version in sorted(summary.versions.items())]
    host = summary.host
    rows.append(
        ["machine", f"{host.cores} cores, load {host.load_per_core:g} a core, steal {host.steal:.1%}"]
    )
    built = summary.terraform
    rows.append(["deployed", f"{shown(built.resources)} resources, applied in {shown(built.apply_s)} s"])
    return table("Versions", ["what", "version"], rows)


def _or_none(value: float | None) -> str:
    return "none" if value is None else f"{value:g}"


def _words(name: str) -> str:
    return name.removesuffix("_s").replace("_", " ")
