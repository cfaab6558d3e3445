"""The outcome in sentences that need no knowledge of the system. Pure."""

from gameday.judge.summary import Judged, Summary
from gameday.observe.history import Fault
from gameday.report.console import expected, shown


def headline(summary: Summary) -> str:
    """The one sentence that stays when everything else is forgotten."""
    lost, noun = summary.requests.lost + summary.requests.accepted_lost, summary.noun
    if summary.verdict == "invalid":
        return "This run proves nothing, whatever its figures say."
    if lost:
        return f"{count(lost, noun)} that a client saw acknowledged {'is' if lost == 1 else 'are'} gone."
    if summary.verdict == "missed":
        missed = sum(not check.met for check in summary.checks)
        return f"No acknowledged {noun} was lost, but {count(missed, 'expectation')} {_was(missed)} missed."
    if moved(summary):
        return f"{summary.holder_after} took over, and no acknowledged {noun} was lost."
    return f"{summary.holder_before} kept serving, nobody moved, and no {noun} was lost."


def lead(summary: Summary, actions: str) -> str:
    """What happened, in the order in which it happened."""
    seen, told = summary.measured, actions
    if not moved(summary):
        begun = summary.steady.epochs_begun
        stayed = "it did" if begun == 0 else f"{count(begun, 'new epoch')} began instead"
        return f"{told} The lease had to stay with {summary.holder_before}: {stayed}."
    if seen.detected_s is None:
        return f"{told} {summary.holder_after} never took the lease."
    told += f" After {seen.detected_s:.0f} s {summary.holder_after} took the lease that had run out"
    if seen.ready_s is None:
        return f"{told}, but was never ready."
    told += f", and {max(0.0, seen.ready_s - seen.detected_s):.1f} s later it was ready."
    if seen.restored_s is None:
        return f"{told} The service was never restored."
    if seen.accepted_s is not None and seen.accepted_s < seen.restored_s:
        told += f" After {seen.accepted_s:.0f} s the last clients had followed: every request was accepted."
        return f"{told} After {seen.restored_s:.0f} s requests were settled at once: full service."
    return f"{told} After {seen.restored_s:.0f} s the last clients had followed: full service."


def actions(fault: Fault) -> str:
    """What was done, second by second."""
    by_second: dict[int, list[str]] = {}
    for mark in fault.marks:
        by_second.setdefault(round(mark.at - fault.at), []).append(mark.what)
    told = "; ".join(f"second {second}: {', '.join(what)}" for second, what in by_second.items())
    return f"{told[:1].upper()}{told[1:]}."


def missed(summary: Judged) -> list[str]:
    """Every missed expectation in words."""
    return [
        f"Missed: {check.name}, expected {expected(check)}, measured {shown(check.measured)}."
        for check in summary.checks
        if not check.met
    ]


def facts(summary: Summary) -> tuple[tuple[str, str], ...]:
    """The figures that a reader looks for first, each with its words."""
    told, made, restored = summary.requests, summary.calls, summary.measured.restored_s
    whole = f"from the fault to full service; allowed: {summary.objectives.rto_s:,.0f}\N{NO-BREAK SPACE}s"
    time = (f"{restored:g} s" if restored is not None else "never", whole)
    failed = (f"{summary.steady.failed_permille:g} ‰", "of the attempts after the fault failed")
    return (
        time if moved(summary) else failed,
        (str(told.lost + told.accepted_lost), f"of {told.acknowledged:,} acknowledged {summary.noun}s lost"),
        (str(told.duplicated + told.mismatched), "twice or with another amount"),
        (str(told.acknowledged_while_fenced), "acknowledged without the right to"),
        (
            str(made.to_dead_region + made.to_foreign_control_plane),
            "calls of the recovery to something that was down or elsewhere",
        ),
    )


def moved(summary: Summary) -> bool:
    """Whether the other region had to take over."""
    return summary.holder_before != summary.holder_after


def count(number: int, what: str) -> str:
    """So many of *what*."""
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def _was(number: int) -> str:
    return "was" if number == 1 else "were"
