"""From the record of a drill to its summary. Pure."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from os import cpu_count

from gameday.judge.summary import Check, Host, Objectives, Terraform
from gameday.judge.validity import Limits, excuses, overloaded
from gameday.judge.verdict import verdict
from gameday.judge.web_summary import Counts, Served, WebSummary
from gameday.load.visits import WHOLE_S, Visit, lateness_p99_s, written_by
from gameday.observe.web import WebLook, WebRecord
from gameday.plan.web import Bars, WebScenario

DECLARED = ("An instance of AWS boots in minutes, one of this machine in seconds.",)
_HARM = frozenset({"entries lost"})
_STEADY_SHARE = 0.9


def judge(
    record: WebRecord,
    scenario: WebScenario,
    *,
    objectives: Objectives,
    waits: Mapping[str, float],
    time_scale: float,
    terraform: Terraform,
    versions: Mapping[str, str],
) -> WebSummary:
    """What *record* proves."""
    seen, counts, limits = served(record), counted(record), Limits(steady_payments=0)
    met = checks(record, scenario.bars, seen, counts, terraform)
    reasons = invalid_reasons(record, scenario, limits)
    if any(not check.met for check in met):
        reasons += excuses(record.host, limits)
    return WebSummary(
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
        declared_aws=DECLARED,
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
    first = [visit for visit in after if visit.started < record.fault.at + WHOLE_S]
    written = written_by(record.visits)
    failed = sum(not visit.answered for visit in after)
    first_failed = sum(not visit.answered for visit in first)
    return Counts(
        visits=len(record.visits),
        failed=failed,
        first=len(first),
        first_failed=first_failed,
        later_failed=failed - first_failed,
        entries=len(written),
        lost=len(written - record.entries),
    )


def checks(record: WebRecord, bars: Bars, seen: Served, counts: Counts, terraform: Terraform) -> list[Check]:
    """Every expectation."""
    permille = round(1000 * counts.first_failed / counts.first, 1) if counts.first else 0.0
    met = [
        Check.exactly("what was to come came in time", 1, int(record.ended)),
        Check.exactly("entries lost", 0, counts.lost),
        Check.least("entries written", 1, counts.entries),
        Check.most(f"failed visits of the first {WHOLE_S} s, per mille", bars.first_permille, permille),
        Check.most("changes in the second plan", 0, terraform.second_plan_changes),
        *(
            Check.most(f"changes in a plan of {stack} afterwards", 0, changes)
            for stack, changes in (terraform.plan_changes_after or {}).items()
        ),
    ]
    if bars.later is not None:
        met.append(Check.most(f"failed visits after {WHOLE_S} s", bars.later, counts.later_failed))
    for name, limit, measured in (
        ("every reader answered within, s", bars.served_s, seen.answered_s),
        ("application back within, s", bars.home_s, seen.restored_s),
        ("as many instances as should serve within, s", bars.whole_s, seen.whole_s),
    ):
        if limit is not None:
            met.append(Check.most(name, limit, measured))
    return [*met, *_group(record, bars)]


def _group(record: WebRecord, bars: Bars) -> Iterable[Check]:
    """What became of the group, its alarms and its version."""
    before = [look for look in record.looks if look.at < record.fault.at]
    after = [look for look in record.looks if look.at >= record.fault.at]
    if bars.replaced is not None:
        gone = {*before[-1].in_service} - {*after[-1].in_service}
        yield Check.exactly("instances replaced", bars.replaced, len(gone))
    if bars.rings is not None:
        rang = any(f"-{bars.rings}-" in alarm for look in after for alarm in look.ringing)
        yield Check.exactly(f"alarm {bars.rings} rang", 1, int(rang))
    if bars.refresh is not None:
        yield Check.exactly(f"refresh ended {bars.refresh}", 1, int(after[-1].refresh == bars.refresh))
    if bars.other_versions is not None:
        yield Check.most("looks with another version", bars.other_versions, _others(before, after))


def _others(before: Sequence[WebLook], after: Sequence[WebLook]) -> int:
    """How many looks after the fault were answered by another version than the last one before it."""
    return sum(look.version not in ("", before[-1].version) for look in after)


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
    if after < (least := int(_STEADY_SHARE * scenario.load.rate * due)):
        reasons.append(f"V20 only {after} visits after the fault, {least} are needed")
    if late > limits.lateness_p99_s:
        reasons.append(f"V30 the load generator fell behind: visits were {late * 1000:.0f} ms late at p99")
    return [*reasons, *overloaded(record.host, limits)]
