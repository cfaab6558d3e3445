"""Target tracking policies.

https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-scaling-target-tracking.html
"""

import math

from localcloud.fleet.groups.actions import Action, SetDesired
from localcloud.fleet.groups.facts import Facts
from localcloud.fleet.groups.seen import Tracking

COOLDOWN_S = 300.0
"""After a policy changed the capacity nothing is taken away for so long: what the metric says is older."""


def track(facts: Facts, now: float) -> list[Action]:
    """Scale out as soon as one policy wants it, in only when all do; without data nothing is taken away."""
    policies, group = facts.seen.trackings, facts.group
    if not policies or not group.runs("AlarmNotification"):
        return []
    ready = sum(facts.warm(member, now) for member in facts.members)
    out = [_needed(policy, ready) for policy in policies if policy.high]
    wanted = min(group.maximum, max(out, default=0))
    if wanted > group.desired:
        return [SetDesired(wanted, "a target tracking policy in response to its alarm")]
    return _scale_in(facts, ready, now)


def _needed(policy: Tracking, ready: int) -> int:
    return math.ceil(ready * policy.value / policy.target) if policy.value is not None else 0


def _scale_in(facts: Facts, ready: int, now: float) -> list[Action]:
    group, policies = facts.group, facts.seen.trackings
    warming = ready < len(facts.alive)
    recent = facts.scaled_at is not None and now - facts.scaled_at < max(COOLDOWN_S, facts.warmup_s)
    all_agree = all(policy.low and policy.scale_in and policy.value is not None for policy in policies)
    if warming or recent or not all_agree:
        return []
    wanted = max(group.minimum, *(_needed(policy, ready) for policy in policies))
    if wanted >= group.desired:
        return []
    return [SetDesired(wanted, "target tracking policies that all want fewer instances")]
