"""How members come into service and how they go: hooks, registration, draining.

https://docs.aws.amazon.com/autoscaling/ec2/userguide/lifecycle-hooks.html
"""

from collections.abc import Callable

from localcloud.fleet.groups.actions import Action, Ask, Deregister, Destroy, End, Forget, Move, Register
from localcloud.fleet.groups.facts import Facts, Lifecycle, Member, Transition
from localcloud.fleet.groups.seen import Ec2

ABANDON = "ABANDON"
CONTINUE = "CONTINUE"
Step = Callable[[Facts, Member, float], list[Action]]
_EXISTS = frozenset({Ec2.PENDING, Ec2.RUNNING, Ec2.IMPAIRED, Ec2.STOPPED})


def advance(facts: Facts, now: float) -> list[Action]:
    """One step of each member that can make one."""
    return [action for member in facts.members for action in _step(facts, member, now)]


def _step(facts: Facts, member: Member, now: float) -> list[Action]:
    steps: dict[Lifecycle, Step] = {
        Lifecycle.PENDING: _pending,
        Lifecycle.PENDING_WAIT: _launching,
        Lifecycle.IN_SERVICE: _registration,
        Lifecycle.TERMINATING: _terminating,
        Lifecycle.TERMINATING_WAIT: _leaving,
        Lifecycle.TERMINATING_PROCEED: _gone,
    }
    return steps[member.lifecycle](facts, member, now)


def _pending(facts: Facts, member: Member, _: float) -> list[Action]:
    if facts.seen.ec2.get(member.id) is not Ec2.RUNNING:
        return []
    return _hold(facts, member, Transition.LAUNCHING, Lifecycle.PENDING_WAIT) or _into_service(member)


def _terminating(facts: Facts, member: Member, _: float) -> list[Action]:
    if not _drained(facts, member):
        return []
    return _hold(facts, member, Transition.TERMINATING, Lifecycle.TERMINATING_WAIT) or [Destroy(member.id)]


def _leaving(facts: Facts, member: Member, now: float) -> list[Action]:
    results = _results(facts, member, Transition.TERMINATING, now)
    return [Destroy(member.id)] if _decided(results) else []


def _gone(facts: Facts, member: Member, _: float) -> list[Action]:
    return [] if facts.seen.ec2.get(member.id) in _EXISTS else [Forget(member.id)]


def _hold(facts: Facts, member: Member, transition: Transition, to: Lifecycle) -> list[Action]:
    hooks = facts.group.hooks_of(transition)
    asked: list[Action] = [Ask(member.id, hook) for hook in hooks]
    return [Move(member.id, to), *asked] if hooks else []


def _into_service(member: Member) -> list[Action]:
    return [Move(member.id, Lifecycle.IN_SERVICE)]


def _launching(facts: Facts, member: Member, now: float) -> list[Action]:
    """All hooks must let it continue; the first that abandons it ends it."""
    results = _results(facts, member, Transition.LAUNCHING, now)
    if ABANDON in results:
        return [End(member.id, "a lifecycle hook that abandoned its launch")]
    return _into_service(member) if None not in results else []


def _decided(results: list[str | None]) -> bool:
    """A terminating instance goes whatever its hooks say; one that abandons ends the wait for others."""
    return None not in results or ABANDON in results


def _results(facts: Facts, member: Member, transition: Transition, now: float) -> list[str | None]:
    """What each hook said; None while it may still say something."""
    found: list[str | None] = []
    for hook in facts.group.hooks_of(transition):
        key = (member.id, hook.name)
        last = max(member.since, facts.seen.heartbeats.get(key, member.since))
        late = now - last >= hook.heartbeat_s
        found.append(facts.seen.hook_results.get(key) or (hook.default if late else None))
    return found


def _registration(facts: Facts, member: Member, _: float) -> list[Action]:
    wanted = frozenset(facts.group.target_groups)
    new: list[Action] = []
    if facts.group.runs("AddToLoadBalancer"):
        new = [Register(member.id, arn) for arn in sorted(wanted - member.registered)]
    return new + [Deregister(member.id, arn) for arn in sorted(member.registered - wanted)]


def _drained(facts: Facts, member: Member) -> bool:
    """Whether no balancer knows it any more; what does not run is not waited for."""
    if facts.seen.ec2.get(member.id) not in (Ec2.RUNNING, Ec2.IMPAIRED):
        return True
    states = [facts.seen.targets.get(arn, {}).get(member.id) for arn in member.registered]
    return all(state in (None, "unused") for state in states)
