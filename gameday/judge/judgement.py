"""From a drill's record to its summary and the findings behind it. Pure."""

from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from os import cpu_count

from gameday.judge.ledger_check import LedgerFindings, check
from gameday.judge.order_check import OrderFindings, check_orders
from gameday.judge.proof import proof_checks, prove
from gameday.judge.settings import DrillSettings
from gameday.judge.steadiness import steadiness
from gameday.judge.summary import Host, Measured, Steady, Summary, Terraform
from gameday.judge.tenure import tenures
from gameday.judge.timeline import Event, events, moments
from gameday.judge.validity import Limits, excuses, invalid_reasons, overloaded
from gameday.judge.verdict import (
    DECLARED_AWS,
    answer_checks,
    answered,
    calls,
    checks,
    counted,
    harm,
    only_slow,
    rpo_s,
    verdict,
)
from gameday.observe.calls import CallReport, recovery_calls
from gameday.observe.executions import failed_steps, loss_found
from gameday.observe.record import Record
from gameday.plan.scenario import Scenario

_LEAST_SHARE = 0.9
"""Share of the requests the steady phase should have brought that must have been settled in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """The summary, and what it was made of."""

    summary: Summary
    events: list[Event]
    findings: LedgerFindings
    orders: OrderFindings | None
    calls: CallReport


def judge(
    record: Record,
    scenario: Scenario,
    settings: DrillSettings,
    *,
    rate: float,
    terraform: Terraform,
    versions: dict[str, str],
) -> Judgement:
    """What *record* proves."""
    fault = record.fault
    seen = moments(record.history, record.operations, fault, record.until, scenario.follow.good_s)
    planned = bool(scenario.expect.planned)
    whole = planned or seen.restored_s is None
    end = record.until if whole else fault.at + (seen.restored_s or 0)
    findings = check(record.operations, record.rows, record.journal, tenures(record.history.leases), fault)
    made = recovery_calls(record.calls, fault, end, planned=planned)
    limits = Limits(steady_requests=int(rate * scenario.precondition.steady_s * _LEAST_SHARE))
    reasons = invalid_reasons(
        history=record.history,
        operations=record.operations,
        calls=record.calls,
        fault=fault,
        steady_since=record.steady_since,
        limits=limits,
    )
    settled_s = None if record.settled_at is None else round(record.settled_at - fault.at, 3)
    measured = Measured.of(seen, rpo_s(findings, fault), settled_s)
    moved = steadiness(record.history, record.operations, fault, seen.restored_s, record.until)
    steady = Steady(**asdict(moved), failed_steps=failed_steps(record.steps), loss=loss_found(record.steps))
    counts, made_counts = counted(record.operations, findings), calls(made)
    orders = (
        None if record.listed is None else check_orders(record.operations, record.rows, record.listed, fault)
    )
    proof = prove(record)
    met = checks(
        measured=measured,
        objectives=settings.objectives,
        expect=scenario.expect,
        noun=settings.noun,
        requests=counts,
        orders=orders.counts if orders else None,
        calls=made_counts,
        terraform=terraform,
        steady=steady,
    )
    met += proof_checks(proof) + answer_checks(record.history.answers, fault)
    if not all(check.met for check in met):
        reasons += overloaded(record.host, limits)
    if only_slow(met):
        reasons += excuses(record.host, limits)
    summary = Summary(
        run=record.run,
        scenario=scenario.code,
        title=scenario.title,
        holder_before=fault.region,
        holder_after=fault.survivor,
        fault_at=datetime.fromtimestamp(fault.at, UTC).isoformat(timespec="milliseconds"),
        time_scale=settings.time_scale,
        rate=rate,
        valid=not reasons,
        invalid_reasons=tuple(reasons),
        objectives=settings.objectives,
        measured=measured,
        steady=steady,
        configured_waits=settings.waits,
        declared_aws={} if scenario.expect.early else DECLARED_AWS,
        noun=settings.noun,
        requests=counts,
        orders=orders.counts if orders else None,
        proof=proof,
        calls=made_counts,
        terraform=terraform,
        versions=versions,
        host=Host(
            cores=cpu_count() or 1,
            load_per_core=record.host.per_core,
            steal=record.host.steal,
            pressure=record.host.pressure,
        ),
        answered=answered(record.history.answers, fault),
        checks=met,
        verdict=verdict(reasons, met, harm(settings.noun)),
    )
    return Judgement(
        summary=summary, events=events(seen, fault), findings=findings, orders=orders, calls=made
    )
