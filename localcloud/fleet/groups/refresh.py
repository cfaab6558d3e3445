"""How an instance refresh replaces a group's instances, and how it rolls back.

https://docs.aws.amazon.com/autoscaling/ec2/userguide/instance-refresh-overview.html
https://docs.aws.amazon.com/autoscaling/ec2/userguide/instance-refresh-rollback.html
"""

import math
from dataclasses import dataclass, replace

from localcloud.fleet.groups.actions import Action, End, SetRefresh, SetTemplate, Settle
from localcloud.fleet.groups.capacity import launches
from localcloud.fleet.groups.effects import applied
from localcloud.fleet.groups.facts import Facts, Member
from localcloud.fleet.groups.refresh_facts import Refresh, RefreshStatus
from localcloud.fleet.groups.termination import victims

REPLACED = "an instance refresh"


def proceed(facts: Facts, now: float) -> list[Action]:
    """One step of the refresh that is under way."""
    refresh = facts.refresh
    if refresh is None or not refresh.active:
        return []
    if refresh.status is RefreshStatus.CANCELLING:
        return [SetRefresh(_ended(refresh, RefreshStatus.CANCELLED, now, "Cancelled by user request."))]
    ringing = sorted(refresh.preferences.alarms & facts.seen.alarms)
    if ringing and refresh.status is not RefreshStatus.ROLLBACK_IN_PROGRESS:
        return [SetRefresh(_failed(refresh, f"Alarm {', '.join(ringing)} is in ALARM.", now))]
    if refresh.status is RefreshStatus.PENDING:
        refresh = replace(refresh, status=RefreshStatus.IN_PROGRESS)
    if refresh.status is RefreshStatus.BAKING:
        return _completed(refresh, now) if now >= refresh.wait_until else []
    return _roll(facts, refresh, now)


def rolled_back(refresh: Refresh, reason: str) -> Refresh:
    """*refresh* on its way back to what the group had before it started."""
    back = replace(refresh.preferences, checkpoints=(), skip_matching=True, bake_s=0.0)
    return replace(
        refresh,
        status=RefreshStatus.ROLLBACK_IN_PROGRESS,
        target=refresh.previous,
        preferences=back,
        reason=reason,
        passed=0,
    )


def _failed(refresh: Refresh, reason: str, now: float) -> Refresh:
    if refresh.preferences.auto_rollback:
        return rolled_back(refresh, reason)
    return _ended(refresh, RefreshStatus.FAILED, now, reason)


def _ended(refresh: Refresh, status: RefreshStatus, now: float, reason: str) -> Refresh:
    return replace(refresh, status=status, ended_at=now, reason=reason)


def _completed(refresh: Refresh, now: float) -> list[Action]:
    back = refresh.status is RefreshStatus.ROLLBACK_IN_PROGRESS
    done = _ended(
        replace(refresh, percentage=100, left=0),
        RefreshStatus.ROLLBACK_SUCCESSFUL if back else RefreshStatus.SUCCESSFUL,
        now,
        refresh.reason,
    )
    return [SetRefresh(done), SetTemplate(refresh.target)]


@dataclass(frozen=True, slots=True)
class _Round:
    """How far the replacement is."""

    old: list[Member]
    new: list[Member]
    ready: list[Member]
    total: int

    @property
    def percentage(self) -> int:
        """Share of the instances that are new and warmed up."""
        return min(100, 100 * len(self.ready) // self.total) if self.total else 100


def _round(facts: Facts, refresh: Refresh, now: float) -> _Round:
    new = [member for member in facts.alive if _is_new(member, refresh)]
    old = [member for member in facts.alive if member not in new]
    ready = [member for member in new if facts.warm(member, now) or _matched(member, refresh)]
    return _Round([member for member in old if not member.protected], new, ready, facts.group.desired)


def _is_new(member: Member, refresh: Refresh) -> bool:
    same = (member.template.id, member.template.version) == (refresh.target.id, refresh.target.version)
    return same and (refresh.preferences.skip_matching or member.launched_at >= refresh.started_at)


def _matched(member: Member, refresh: Refresh) -> bool:
    """One that had the target before the refresh needs no warm-up."""
    return member.serves and member.launched_at < refresh.started_at


def _roll(facts: Facts, refresh: Refresh, now: float) -> list[Action]:
    round_ = _round(facts, refresh, now)
    refresh = replace(refresh, percentage=round_.percentage, left=len(round_.old))
    if not round_.old and len(round_.ready) >= round_.total:
        return _all_replaced(refresh, now)
    steps = refresh.preferences.checkpoints
    if refresh.passed < len(steps) and refresh.percentage >= steps[refresh.passed]:
        delay = refresh.preferences.checkpoint_delay_s
        refresh = replace(refresh, passed=refresh.passed + 1, wait_until=now + delay)
    update: list[Action] = [SetRefresh(refresh)] if refresh != facts.refresh else []
    if stale := [member for member in round_.old if member.extra]:
        # launched in advance for a target that is none any more: it replaces nobody
        return update + [End(member.id, REPLACED) for member in stale if facts.group.runs("Terminate")]
    if now < refresh.wait_until:
        return update
    return update + _replace_some(replace(facts, refresh=refresh), refresh, round_, now)


def _all_replaced(refresh: Refresh, now: float) -> list[Action]:
    bake_s = refresh.preferences.bake_s
    if bake_s <= 0 or refresh.status is RefreshStatus.ROLLBACK_IN_PROGRESS:
        return _completed(refresh, now)
    return [
        SetRefresh(replace(refresh, status=RefreshStatus.BAKING, wait_until=now + bake_s, percentage=100))
    ]


def _replace_some(facts: Facts, refresh: Refresh, round_: _Round, now: float) -> list[Action]:
    """As many as the percentages allow; at least one at a time, or nothing would ever be replaced."""
    wish, desired = refresh.preferences, facts.group.desired
    due = min(len(round_.old), _until_checkpoint(refresh, round_.total) - len(round_.new))
    serving = sum(facts.warm(member, now) or _settled_old(member, round_) for member in facts.alive)
    spare = serving - math.ceil(desired * wish.min_healthy / 100)
    if wish.max_healthy > 100:  # noqa: PLR2004 - percent
        surge = max(1, desired * wish.max_healthy // 100 - desired)
        return _launch_first(facts, round_, due, now, spare=spare, surge=surge)
    idle = not any(member for member in round_.new if member not in round_.ready)
    allowed = max(spare, 1 if idle and len(facts.alive) >= desired else 0)
    return _end(facts, round_, min(due, allowed), now)


def _launch_first(
    facts: Facts, round_: _Round, due: int, now: float, *, spare: int, surge: int
) -> list[Action]:
    extras = [member for member in facts.alive if member.extra]
    warm = [member for member in extras if member in round_.ready]
    pairs = _swapped(facts, round_, warm[: max(0, min(len(warm), spare))], now)
    left = surge - (len(extras) - len(pairs) // 2)
    due = min(due, left, len(round_.old) - len(extras))
    after = applied(facts, pairs, now)
    return pairs + launches(after, max(0, due), REPLACED, now, extra=True, beside=round_.new)


def _swapped(facts: Facts, round_: _Round, ready: list[Member], now: float) -> list[Action]:
    doomed = victims(round_.old, len(ready), facts.alive, facts.group.policies, now)
    return [
        action
        for new, old in zip(ready, doomed, strict=False)
        for action in (End(old.id, REPLACED), Settle(new.id))
    ]


def _end(facts: Facts, round_: _Round, count: int, now: float) -> list[Action]:
    if not facts.group.runs("Terminate"):
        return []
    doomed = victims(round_.old, count, facts.alive, facts.group.policies, now)
    return [End(member.id, REPLACED) for member in doomed]


def _settled_old(member: Member, round_: _Round) -> bool:
    return member.serves and member in round_.old


def _until_checkpoint(refresh: Refresh, total: int) -> int:
    steps = refresh.preferences.checkpoints
    if refresh.passed >= len(steps):
        return total
    return math.ceil(total * steps[refresh.passed] / 100)
