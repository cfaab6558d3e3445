"""From the record of a drill to its summary. Pure."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from os import cpu_count
from typing import Literal

from gameday.judge.summary import Host, Objectives, Terraform
from gameday.judge.validity import Limits, excuses, overloaded
from gameday.judge.verdict import verdict
from gameday.judge.web_checks import LOST, RPO, checks, plan_checks
from gameday.judge.web_summary import Counts, Served, WebSummary
from gameday.load.visits import WHOLE_S, Visit, lateness_p99_s, written_by
from gameday.observe.web import WebRecord
from gameday.plan.web import WebScenario

DECLARED = {
    "webapp": (
        "An instance of AWS boots in minutes, one of this machine in seconds.",
        "RDS serves from a second copy after 60 to 120 seconds, a drill after the seconds that it says.",
    ),
    "single-region": (
        "A task of Fargate starts in about a minute, one of this machine in seconds.",
        "Aurora lets a reader write typically within 60 seconds, a drill after the seconds that it says.",
    ),
}
"""What only AWS can show, by system."""
_HARM = frozenset({LOST, RPO})
_STEADY_SHARE = 0.9


def judge(
    record: WebRecord,
    scenario: WebScenario,
    *,
    system: Literal["webapp", "single-region"] = "webapp",
    objectives: Objectives,
    waits: Mapping[str, float],
    time_scale: float,
    terraform: Terraform,
    versions: Mapping[str, str],
) -> WebSummary:
    """What *record* proves."""
    seen, counts, limits = served(record), counted(record), Limits(steady_requests=0)
    met = [*checks(record, scenario.bars, objectives, seen, counts), *plan_checks(terraform)]
    reasons = invalid_reasons(record, scenario, limits)
    if any(not check.met for check in met):
        reasons += [*overloaded(record.host, limits), *excuses(record.host, limits)]
    return WebSummary(
        system=system,
        run=record.run,
        scenario=scenario.code,
        title=scenario.title,
        fault_at=datetime.fromtimestamp(record.fault.at, UTC).isoformat(timespec="milliseconds"),
        time_scale=time_scale,
        rate=scenario.load.rate,
        valid=not reasons,
        invalid_reasons=tuple(reasons),
        objectives=objectives,
        measured=seen,
        counts=counts,
        waits=dict(waits),
        declared_aws=DECLARED[system],
        actions=record.actions,
        terraform=terraform,
        versions=dict(versions),
        host=Host(
            cores=cpu_count() or 1,
            load_per_core=record.host.per_core,
            steal=record.host.steal,
            pressure=record.host.pressure,
        ),
        checks=tuple(met),
        verdict=verdict(reasons, met, _HARM),
    )


def served(record: WebRecord) -> Served:
    """When visitors were served again."""
    after = [visit for visit in record.visits if visit.started >= record.fault.at]
    readers = [visit for visit in after if not visit.write]
    looks = [look for look in record.looks if look.at >= record.fault.at]
    broken = next((look.at for look in looks if not look.whole), None)
    whole = next((look.at for look in looks if broken and look.at > broken and look.whole), None)
    return Served(
        restored_s=_since(record, after, lambda visit: visit.good),
        answered_s=_since(record, readers, lambda visit: visit.answered),
        written_s=_since(record, [visit for visit in after if visit.write], lambda visit: visit.good),
        rpo_s=rpo_s(record),
        whole_s=0.0 if broken is None else round(whole - record.fault.at, 1) if whole else None,
    )


def _since(record: WebRecord, visits: Sequence[Visit], good: Callable[[Visit], bool]) -> float | None:
    """When the last visit that was not *good* began, in seconds after the fault; None: it stayed so."""
    bad = [visit for visit in visits if not good(visit)]
    if not bad:
        return 0.0
    if not any(good(visit) for visit in visits if visit.started > max(one.started for one in bad)):
        return None
    return round(max(visit.started for visit in bad) - record.fault.at, 1)


def counted(record: WebRecord) -> Counts:
    """Visits since the fault, and what became of entries."""
    after = [visit for visit in record.visits if visit.started >= record.fault.at]
    first, first_failed, later_failed = _failed(record, after)
    first_reads, first_reads_failed, later_reads_failed = _failed(
        record, [visit for visit in after if not visit.write]
    )
    written = written_by(record.visits)
    return Counts(
        visits=len(record.visits),
        failed=first_failed + later_failed,
        first=first,
        first_failed=first_failed,
        later_failed=later_failed,
        first_reads=first_reads,
        first_reads_failed=first_reads_failed,
        later_reads_failed=later_reads_failed,
        entries=len(written),
        lost=len(written.keys() - record.entries),
    )


def _failed(record: WebRecord, visits: Sequence[Visit]) -> tuple[int, int, int]:
    """Visits of the first seconds, those of them that failed, and those that failed later."""
    until = record.fault.at + WHOLE_S
    failed = [visit for visit in visits if not visit.answered]
    first_failed = sum(visit.started < until for visit in failed)
    return sum(visit.started < until for visit in visits), first_failed, len(failed) - first_failed


def rpo_s(record: WebRecord) -> float:
    """How long before the fault the oldest lost entry was acknowledged, in seconds; 0 when none is lost."""
    written = written_by(record.visits)
    lost = [at for entry, at in written.items() if entry not in record.entries]
    return round(max(0.0, record.fault.at - min(lost)), 1) if lost else 0.0


def invalid_reasons(record: WebRecord, scenario: WebScenario, limits: Limits) -> list[str]:
    """Why this run proves nothing; empty when it is valid. The codes are those of judge/validity.py."""
    until = record.fault.at - limits.settle_s
    steady = [visit for visit in record.visits if record.steady_since <= visit.started < until]
    good, late = sum(visit.good for visit in steady), lateness_p99_s(record.visits)
    wanted = int(_STEADY_SHARE * scenario.load.rate * (scenario.steady_s - limits.settle_s))
    reasons = []
    if len(steady) < wanted:
        reasons.append(f"V20 only {len(steady)} visits before the fault, {wanted} are needed")
    if good < limits.steady_success * len(steady):
        reasons.append(f"V21 only {good} of {len(steady)} visits succeeded before the fault")
    after, due = sum(one.started >= record.fault.at for one in record.visits), record.until - record.fault.at
    if after < (least := int(_STEADY_SHARE * scenario.load.rate * scenario.surge * due)):
        reasons.append(f"V20 only {after} visits after the fault, {least} are needed")
    if late > limits.lateness_p99_s:
        reasons.append(f"V30 the load generator fell behind: visits were {late * 1000:.0f} ms late at p99")
    return reasons
