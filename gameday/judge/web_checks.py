"""What a drill of the web application is judged by: its bars, and the objectives of the settings. Pure."""

from collections.abc import Iterable, Sequence

from gameday.judge.summary import Check, Objectives, Terraform
from gameday.judge.web_summary import Counts, Served
from gameday.load.visits import WHOLE_S
from gameday.observe.web import WebLook, WebRecord
from gameday.plan.web import Bars

LOST, RPO = "entries lost", "recovery point objective, s"


def checks(
    record: WebRecord,
    bars: Bars,
    objectives: Objectives,
    seen: Served,
    counts: Counts,
) -> list[Check]:
    """Every expectation of the system; `plan_checks` has those of Terraform."""
    return [
        Check.exactly("what was to come came in time", 1, int(record.ended)),
        Check.most("recovery time objective, s", objectives.rto_s, seen.restored_s),
        Check.most(RPO, objectives.rpo_s, seen.rpo_s),
        Check.least("entries written", 1, counts.entries),
        *_visits(bars, seen, counts),
        *_failing_share(record, bars),
        *_group(record, bars),
        *_deeds(record, bars),
    ]


def plan_checks(terraform: Terraform) -> list[Check]:
    """No plan would change anything, before and after."""
    return [
        Check.most("changes in the second plan", 0, terraform.second_plan_changes),
        *(
            Check.most(f"changes in a plan of {stack} afterwards", 0, changes)
            for stack, changes in (terraform.plan_changes_after or {}).items()
        ),
    ]


def _visits(bars: Bars, seen: Served, counts: Counts) -> Iterable[Check]:
    """What visitors met."""
    if bars.lost is not None:
        yield Check.exactly(LOST, bars.lost, counts.lost)
    apart = bars.writes_s is not None
    who = "reads" if apart else "visits"
    first, failed, later = (
        (counts.first_reads, counts.first_reads_failed, counts.later_reads_failed)
        if apart
        else (counts.first, counts.first_failed, counts.later_failed)
    )
    permille = round(1000 * failed / first, 1) if first else 0.0
    yield Check.most(f"failed {who} of the first {WHOLE_S} s, per mille", bars.first_permille, permille)
    if bars.later is not None:
        yield Check.most(f"failed {who} after {WHOLE_S} s", bars.later, later)
    for name, limit, measured in (
        ("entries can be written again within, s", bars.writes_s, seen.written_s),
        ("every reader answered within, s", bars.served_s, seen.answered_s),
        ("as many instances as should serve within, s", bars.whole_s, seen.whole_s),
    ):
        if limit is not None:
            yield Check.most(name, limit, measured)


def _failing_share(record: WebRecord, bars: Bars) -> Iterable[Check]:
    """What a release failed until it was taken back."""
    if bars.fails is None:
        return
    share, within_s = bars.fails.share, bars.fails.within_s
    after = [visit for visit in record.visits if visit.started >= record.fault.at]
    first = [visit for visit in after if visit.started < record.fault.at + within_s]
    failed = [sum(not visit.good for visit in some) for some in (first, after)]
    bound = int(share * len(first))
    yield Check.most(f"failed visits of {len(first)} within {within_s:g} s ({share:.0%})", bound, failed[0])
    yield Check.most(f"failed visits after {within_s:g} s", 0, failed[1] - failed[0])


def _group(record: WebRecord, bars: Bars) -> Iterable[Check]:
    """What became of the group, its alarms and its version."""
    before = [look for look in record.looks if look.at < record.fault.at]
    after = [look for look in record.looks if look.at >= record.fault.at]
    if bars.replaced is not None:
        gone = {*before[-1].in_service} - {*after[-1].in_service}
        yield Check.exactly("instances replaced", bars.replaced, len(gone))
    if bars.grown is not None:
        had = len(before[-1].in_service)
        sizes = [len(look.in_service) for look in after]
        yield Check.least("instances more than before", bars.grown, max(sizes) - had)
        yield Check.most("instances fewer than before", 0, had - min(sizes))
    if bars.rings is not None:
        rang = any(f"-{bars.rings}-" in alarm for look in after for alarm in look.ringing)
        yield Check.exactly(f"alarm {bars.rings} rang", 1, int(rang))
    if bars.copied_s is not None:
        copied = next((round(look.at - record.fault.at, 1) for look in after if look.copied), None)
        yield Check.most("object read in the other region within, s", bars.copied_s, copied)
    if bars.refresh is not None:
        yield Check.exactly(f"refresh ended {bars.refresh}", 1, int(after[-1].refresh == bars.refresh))
    if bars.taken_back:
        back = after[-1].template == before[-1].template
        yield Check.exactly("release taken back", 1, int(back))
    if bars.other_versions is not None:
        yield Check.most("looks with another version", bars.other_versions, _others(before, after))


def _deeds(record: WebRecord, bars: Bars) -> Iterable[Check]:
    """What remediation did."""
    if bars.actions is not None:
        yield Check.exactly("actions of remediation", bars.actions, len(record.actions))
    if bars.did:
        found = any(bars.did in one for one in record.actions)
        yield Check.exactly(f"remediation: {bars.did}", 1, int(found))
    if bars.failovers is not None:
        moved = sum("failover" in one for one in record.actions)
        yield Check.exactly("failovers of the database", bars.failovers, moved)


def _others(before: Sequence[WebLook], after: Sequence[WebLook]) -> int:
    """How many looks after the fault were answered by another version than the last one before it."""
    return sum(look.version not in ("", before[-1].version) for look in after)
