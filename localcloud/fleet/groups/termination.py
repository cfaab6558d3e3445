"""Whom a group terminates when it has too many.

https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-instance-termination.html
"""

from collections import Counter
from collections.abc import Callable, Iterable

from localcloud.fleet.groups.facts import Member

HOUR_S = 3600.0
Key = Callable[[Member, float], float]


def victims(
    candidates: Iterable[Member], count: int, alive: Iterable[Member], policies: tuple[str, ...], now: float
) -> list[Member]:
    """*count* of *candidates* at most, in order: first out of the zone that has the most of *alive*."""
    left, chosen = [member for member in candidates if not member.protected], list[Member]()
    per_zone = Counter(member.zone for member in alive)
    while left and len(chosen) < count:
        fullest = max(per_zone[member.zone] for member in left)
        here = [member for member in left if per_zone[member.zone] == fullest]
        worst = min(here, key=lambda member: (_order(member, policies, now), member.id))
        chosen.append(worst)
        left.remove(worst)
        per_zone[worst.zone] -= 1
    return chosen


def _order(member: Member, policies: tuple[str, ...], now: float) -> tuple[float, ...]:
    # sick ones go first whatever the policy, then those of the oldest template by the default policy
    names = [name for policy in policies for name in _MEANING.get(policy, (policy,))]
    return (member.healthy, *(_KEYS[name](member, now) for name in names if name in _KEYS))


def _age_of_template(member: Member, _: float) -> float:
    return float(member.template.version) if member.template.version.isdigit() else 0.0


_MEANING = {"Default": ("OldestLaunchTemplate", "ClosestToNextInstanceHour")}
_KEYS: dict[str, Key] = {
    "OldestLaunchTemplate": _age_of_template,
    "OldestInstance": lambda member, _: member.launched_at,
    "NewestInstance": lambda member, _: -member.launched_at,
    "ClosestToNextInstanceHour": lambda member, now: HOUR_S - (now - member.launched_at) % HOUR_S,
}
