"""How many members there are and in which zones.

https://docs.aws.amazon.com/autoscaling/ec2/userguide/auto-scaling-benefits.html
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from localcloud.fleet.groups.actions import Action, End, Launch, Settle
from localcloud.fleet.groups.facts import Facts, Lifecycle, Member, Template
from localcloud.fleet.groups.termination import victims

DIFFERENCE = "a difference between desired and actual capacity"
REBALANCE = "an imbalance between its zones"


def keep(facts: Facts, now: float) -> list[Action]:
    """Launch what is missing, terminate what is too much, and even the zones out."""
    counted = [member for member in facts.alive if not member.extra]
    missing = facts.group.desired - len(counted)
    if missing > 0:
        return _fill(facts, missing, now)
    if missing < 0:
        return _shrink(facts, counted, -missing, now)
    return _rebalance(facts, counted, now)


def open_zones(facts: Facts, now: float) -> list[str]:
    """The zones in which a launch may be tried."""
    return [
        zone
        for zone in sorted(facts.group.zones)
        if zone not in facts.refused or now >= facts.refused[zone].until
    ]


def launches(
    facts: Facts,
    count: int,
    cause: str,
    now: float,
    *,
    extra: bool = False,
    beside: Sequence[Member] | None = None,
) -> list[Action]:
    """Up to *count* launches, each in the zone with the fewest of *beside*, by default of all members.

    None is above the maximum; one that is *extra* may exceed it as far as rebalancing may.
    """
    zones = open_zones(facts, now)
    limit = facts.ceiling if extra else facts.group.maximum
    room = max(0, limit - len(facts.alive))
    per_zone = Counter(member.zone for member in (facts.alive if beside is None else beside))
    made = list[Action]()
    existing = list(facts.alive)
    if not zones or not facts.group.runs("Launch"):
        return []
    for _ in range(min(count, room)):
        zone = min(zones, key=lambda each: (per_zone[each], each))
        template = next_template(facts, existing)
        per_zone[zone] += 1
        existing.append(Member(id="", zone=zone, template=template, launched_at=now))
        made.append(Launch(zone, template, cause, extra))
    return made


def next_template(facts: Facts, existing: list[Member]) -> Template:
    """The template of the next launch: by a mixed instances policy, On-Demand first, then its share above."""
    mixed = facts.group.mixed
    if mixed is None:
        return facts.template
    on_demand = sum(not member.template.spot for member in existing)
    above = max(0, len(existing) + 1 - mixed.on_demand_base)
    wanted = mixed.on_demand_base + -(-above * mixed.on_demand_above_base // 100)
    kind = mixed.types[0] if mixed.types else ""
    return replace(facts.template, instance_type=kind, spot=on_demand >= wanted)


def _fill(facts: Facts, missing: int, now: float) -> list[Action]:
    """Those launched beyond the desired capacity count first."""
    spare = sorted((member for member in facts.alive if member.extra), key=lambda each: each.launched_at)
    settled: list[Action] = [Settle(member.id) for member in spare[:missing]]
    return settled + launches(facts, missing - len(settled), DIFFERENCE, now)


def _shrink(facts: Facts, counted: list[Member], surplus: int, now: float) -> list[Action]:
    if not facts.group.runs("Terminate"):
        return []
    doomed = victims(counted, surplus, facts.alive, facts.group.policies, now)
    return [End(member.id, DIFFERENCE) for member in doomed]


def _rebalance(facts: Facts, counted: list[Member], now: float) -> list[Action]:
    """Launch in an emptier zone before one of the fullest zone is terminated."""
    if facts.refresh and facts.refresh.active:
        return []
    spare = [member for member in facts.alive if member.extra]
    if spare:
        return _swap(facts, counted, [member for member in spare if member.serves], now)
    zones, group = open_zones(facts, now), facts.group
    settled = all(member.lifecycle is Lifecycle.IN_SERVICE for member in facts.alive)
    if not (zones and settled and group.runs("AZRebalance") and group.runs("Terminate")):
        return []
    per_zone = Counter(dict.fromkeys(zones, 0))
    per_zone.update(member.zone for member in counted)
    if max(per_zone.values()) - min(per_zone[zone] for zone in zones) < 2:  # noqa: PLR2004 - cannot be evener
        return []
    return launches(facts, 1, REBALANCE, now, extra=True)


def _swap(facts: Facts, counted: list[Member], ready: list[Member], now: float) -> list[Action]:
    doomed = victims(counted, len(ready), counted, facts.group.policies, now)
    if not facts.group.runs("Terminate"):
        return []
    return [
        action
        for new, old in zip(ready, doomed, strict=False)
        for action in (End(old.id, REBALANCE), Settle(new.id))
    ]
