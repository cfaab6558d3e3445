"""From what was found to a verdict. Pure."""

from collections.abc import Sequence

from budget.declared import durations
from gameday.judge.ledger_check import LedgerFindings
from gameday.judge.summary import (
    Answered,
    CallLine,
    Calls,
    Check,
    Declared,
    Measured,
    Objectives,
    OrderCounts,
    RequestCounts,
    Steady,
    Terraform,
    Verdict,
)
from gameday.load.records import Operation
from gameday.observe.calls import CallReport
from gameday.observe.dr_answers import DrAnswer, slowest
from gameday.observe.history import Fault
from gameday.plan.scenario import Early, Expect

_PROMOTION = durations()["aurora_promotion"]
DECLARED_AWS = {
    "aurora_promotion_s": Declared(
        optimistic_s=_PROMOTION.usual_s, statement=_PROMOTION.statement, sources=tuple(_PROMOTION.sources)
    )
}
"""The local database is promoted in its own time, which says nothing about Aurora's. Left out where a
drill plays Aurora's: it would count twice."""

_HARM = ("s lost", "s duplicated", "s with another amount", "s acknowledged while fenced")
_ORDER_HARM = (
    "open orders that are not listed",
    "cancelled orders that are listed as open",
    "orders cancelled that nobody cancelled",
    "answers that deny what was acknowledged",
    "orders taken while order entry was halted",
)

_PROOF_HARM = ("objects whose history no order explains", "rules of the model that were broken")

_SPEED = frozenset(
    {
        "failed attempts, per mille",
        "longest stall, s",
        "requests without an acknowledgement",
        "recovery time objective, s",
        "restored within, s",
        "first acceptance within, s",
        "attempts accepted within, s",
        "accepted requests settled within, s",
        "dr status answered within, s",
        "dr check answered within, s",
    }
)
"""Expectations that a slow machine alone can make a run miss."""


def rpo_s(findings: LedgerFindings, fault: Fault) -> float:
    """How far back the oldest lost request goes before the fault, in seconds; 0 when none is lost."""
    oldest = findings.oldest_lost_at
    return 0.0 if oldest is None else round(max(0.0, fault.at - oldest), 3)


def harm(noun: str) -> frozenset[str]:
    """Expectations about safety: no overloaded machine and no restless start excuses that one is missed."""
    return frozenset({*(f"{noun}{name}" for name in _HARM), *_ORDER_HARM, *_PROOF_HARM})


def counted(operations: Sequence[Operation], findings: LedgerFindings) -> RequestCounts:
    """The findings as counts."""
    attempted = sum(operation.kind.writes for operation in operations)
    answered = len(findings.acknowledged) + len(findings.accepted)
    return RequestCounts(
        attempted=attempted,
        acknowledged=len(findings.acknowledged),
        accepted=len(findings.accepted),
        unanswered=attempted - answered,
        lost=len(findings.lost),
        accepted_lost=len(findings.accepted_lost),
        duplicated=len(findings.duplicated),
        mismatched=len(findings.mismatched),
        unbalanced_minor=dict(findings.unbalanced),
        acknowledged_while_fenced=len(findings.fenced),
        reconciled=len(findings.reconciled),
        rescued=len(findings.rescued),
    )


def calls(report: CallReport) -> Calls:
    """The calls as counts."""
    return Calls(
        during_recovery=len(report.calls),
        to_dead_region=len(report.to_dead_region),
        to_foreign_control_plane=len(report.to_foreign_control_plane),
        table=tuple(
            CallLine(
                principal=line.principal,
                service=line.service,
                action=line.action,
                count=line.count,
            )
            for line in report.table
        ),
    )


def checks(
    *,
    measured: Measured,
    objectives: Objectives,
    expect: Expect,
    noun: str,
    requests: RequestCounts,
    orders: OrderCounts | None,
    calls: Calls,
    terraform: Terraform,
    steady: Steady,
) -> tuple[Check, ...]:
    """Every expectation with what was measured against it: less is a failure, and so is more."""
    nothing = {
        f"{noun}s lost": requests.lost,
        f"accepted {noun}s lost": requests.accepted_lost,
        f"{noun}s duplicated": requests.duplicated,
        f"{noun}s with another amount": requests.mismatched,
        "currencies out of balance": len(requests.unbalanced_minor),
        f"{noun}s acknowledged while fenced": requests.acknowledged_while_fenced,
        "times the old holder called itself ready": steady.old_holder_ready,
        "failovers that left automation running": steady.unlatched,
        "calls to the lost region": calls.to_dead_region,
        "calls to a foreign control plane": calls.to_foreign_control_plane,
    }
    if orders:
        harmed = (orders.unlisted, orders.undead, orders.taken, orders.denied, orders.entered)
        nothing |= dict(zip(_ORDER_HARM, harmed, strict=True))
    if terraform.second_plan_changes is not None:
        nothing["changes in a second plan"] = terraform.second_plan_changes
    return (
        Check.exactly("epochs begun", expect.moves, steady.epochs_begun),
        Check.exactly("epochs begun as planned", expect.planned, steady.planned),
        Check.exactly("moves of the writer", expect.moves, steady.writer_moves),
        Check.exactly("moves of DNS", expect.moves, steady.dns_moves),
        *_besides(expect, steady, requests),
        *_early(expect.early, measured),
        Check.least("refusals by the old holder", expect.least_refusals, steady.refusals),
        Check.least(
            f"acknowledged {noun}s that only the journal had", expect.least_rescued, requests.rescued
        ),
        Check.most("failed attempts, per mille", expect.failed_permille, steady.failed_permille),
        Check.most("recovery time objective, s", objectives.rto_s, measured.restored_s),
        Check.most("restored within, s", expect.restored_s, measured.restored_s),
        Check.most("recovery point objective, s", objectives.rpo_s, measured.rpo_s),
        *(Check.most(name, 0, count) for name, count in nothing.items()),
        *(
            Check.most(f"changes in a plan of {stack} afterwards", 0, count)
            for stack, count in (terraform.plan_changes_after or {}).items()
        ),
    )


def _besides(expect: Expect, steady: Steady, requests: RequestCounts) -> list[Check]:
    """What only some scenarios ask for."""
    asked = []
    if expect.stall_s is not None:
        left = requests.attempted - requests.acknowledged
        asked.append(Check.exactly("requests without an acknowledgement", 0, left))
        asked.append(Check.most("longest stall, s", expect.stall_s, steady.longest_stall_s))
    if expect.failed_steps is not None:
        asked.append(
            Check.exactly("steps that failed once and went on", expect.failed_steps, steady.failed_steps)
        )
    if expect.loss is not None:
        asked.append(Check.exactly(f"promotion went on by {expect.loss}", 1, int(steady.loss == expect.loss)))
    return asked


def _early(expect: Early | None, measured: Measured) -> tuple[Check, ...]:
    """Acceptance before the writer is there, and when all of it is settled.

    From when on new requests are settled at once is `restored within`.
    """
    if expect is None:
        return ()
    return (
        Check.least("writer promoted no sooner than, s", expect.promoted_s, measured.writer_promoted_s or 0),
        Check.most("first acceptance within, s", expect.first_s, measured.first_accepted_s),
        Check.most("attempts accepted within, s", expect.accepted_s, measured.accepted_s),
        Check.most("accepted requests settled within, s", expect.settled_s, measured.settled_s),
    )


def answered(answers: Sequence[DrAnswer], fault: Fault) -> tuple[Answered, ...]:
    """What an operator asked while the drill ran."""
    return tuple(
        Answered(
            command=one.command,
            after_s=round(one.at - fault.at, 3),
            seconds=one.seconds,
            exit_code=one.exit_code,
        )
        for one in answers
    )


def answer_checks(answers: Sequence[DrAnswer], fault: Fault) -> tuple[Check, ...]:
    """How long an operator waited for what `dr` shows, and whether it showed the lost region as lost."""
    if not answers:
        return ()
    wrong = sum(one.takes_for_alive(fault.region) for one in answers if fault.silent(one.at))
    return (
        *(
            Check.most(f"dr {command} answered within, s", limit, took)
            for command, (took, limit) in slowest(answers).items()
        ),
        Check.most("answers of dr that took the lost region for alive", 0, wrong),
    )


def only_slow(checks: Sequence[Check]) -> bool:
    """Whether the run missed something, and nothing but what takes time."""
    missed = {check.name for check in checks if not check.met}
    return bool(missed) and missed <= _SPEED


def verdict(invalid_reasons: Sequence[str], checks: Sequence[Check], harm: frozenset[str]) -> Verdict:
    """What the run says. An invalid one says nothing, however good, unless it missed one of *harm*."""
    missed = {check.name for check in checks if not check.met}
    if missed & harm:
        return "missed"
    if invalid_reasons:
        return "invalid"
    return "missed" if missed else "met"
