"""The tables of the page."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from gameday.judge.proof_summary import Proof
from gameday.judge.summary import Check, Host, Summary, Terraform
from gameday.judge.timeline import Event
from gameday.report.console import expected, shown
from gameday.report.page.markup import Markup, join, table, tag
from gameday.report.page.words import count
from gameday.report.proof_words import answers
from gameday.report.seconds import Second


def timeline(events: Sequence[Event]) -> Markup:
    """The events in the order of time, with the numbers of their marks."""
    return tag(
        "ol",
        *(
            tag(
                "li",
                tag(
                    "b",
                    str(number),
                    class_="dot-number fault-number" if event.name == "fault" else "dot-number",
                ),
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


def checks(found: Sequence[Check]) -> Markup:
    """Every expectation; missed ones come first."""
    met = sum(check.met for check in found)
    told = f"{met} of {len(found)} met. More than expected is a miss as well as less."
    rows = [
        [check.name, expected(check), shown(check.measured), verdict("met" if check.met else "missed")]
        for check in sorted(found, key=lambda check: check.met)
    ]
    return table(told, ["expectation", "expected", "measured", "verdict"], rows, numbers=3)


def proof(found: Proof | None) -> Markup:
    """Whether an order explains the history, and the record keeps the model's rules; and what does not."""
    if found is None:
        return tag("p", "The version that wrote this evidence did not ask.")
    rows = [list(answer) for answer in answers(found)]
    table_of_answers = table("What the history proves", ["question", "answer", "of what"], rows)
    return join(table_of_answers, *(tag("pre", line) for line in found.window))


def verdict(word: str) -> Markup:
    """A verdict as a sign, a word and a colour: each says it alone."""
    sign = {"met": "✓", "missed": "✗", "invalid": "?"}.get(word, "·")
    return tag("span", tag("span", f"{sign} ", aria_hidden="true"), word, class_=f"badge {word}")


def durations(summary: Summary) -> Markup:
    """Three kinds of time in three tables: they must not be added up by eye."""
    measured = [[_words(name), shown(s)] for name, s in summary.measured.model_dump().items()]
    waits = [[_words(name), f"{s:g}"] for name, s in summary.configured_waits.model_dump().items()]
    declared = [
        [f"{_words(name)}: {one.statement}", " ".join(one.sources), f"from {shown(one.optimistic_s)}"]
        for name, one in summary.declared_aws.items()
    ]
    return join(
        tag(
            "div",
            table("Measured on this machine, seconds after the fault", ["moment", "s"], measured, numbers=1),
            table("Configured waits, inside the measured times", ["wait", "s"], waits, numbers=1),
            class_="pair",
        ),
        table("Declared by AWS, in no measured time", ["what", "source", "s"], declared, numbers=1),
    )


def calls(summary: Summary) -> Markup:
    """Who called what between the fault and the restoration, a line for each service that a role used."""
    told, used = summary.calls, defaultdict(list)
    for line in told.table:
        used[line.principal, line.service].append(line)
    rows = [
        [role, service, ", ".join(f"{c.action} {c.count:,}" for c in made), f"{sum(c.count for c in made):,}"]
        for (role, service), made in used.items()
    ]
    words = (
        f"{told.during_recovery:,} AWS calls by functions: {told.to_dead_region:,} to the lost region, "
        f"{told.to_foreign_control_plane:,} to a control plane homed elsewhere."
    )
    made = table("Calls by role and service", ["role", "service", "calls", "count"], rows, numbers=1)
    return join(tag("p", words), made)


def terraform(built: Terraform) -> Markup:
    """What Terraform would change in the system as the drill left it."""
    rows = [["before the drill: a second plan of every stack", _changes(built.second_plan_changes)]]
    rows += [
        [f"after the drill, before anything was healed: plan of {stack}", _changes(changes)]
        for stack, changes in (built.plan_changes_after or {}).items()
    ]
    if built.plan_changes_after is None:
        rows.append(["after the drill", "not planned in this run"])
    words = (
        f"{count(built.resources or 0, 'resource')} deployed by the real provider in "
        f"{shown(built.apply_s)} s. Who serves is run-time data: a recovery must leave Terraform "
        "nothing to put back."
    )
    return join(
        tag("p", words), table("Changes that a plan would make", ["plan", "changes"], rows, numbers=1)
    )


def versions(used: Mapping[str, str], host: Host) -> Markup:
    """What was run, on what."""
    rows = [[name, version] for name, version in sorted(used.items())]
    busy = f"load {host.load_per_core:g} a core, steal {host.steal:.1%}, pressure {host.pressure:.0%}"
    rows.append(["machine", f"{host.cores} cores, {busy}"])
    return table("Everything that took part", ["what", "version"], rows)


def _changes(number: int | None) -> str:
    return "there was no plan" if number is None else "none" if number == 0 else f"{number:,}"


def _or_none(value: float | None) -> str:
    return "none" if value is None else f"{value:g}"


def _words(name: str) -> str:
    return name.removesuffix("_s").replace("_", " ")
