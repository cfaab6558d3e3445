"""The decision about one group: what is to be done now."""

from localcloud.fleet.groups import capacity, health, lifecycle, refresh, tracking
from localcloud.fleet.groups.actions import Action
from localcloud.fleet.groups.effects import applied
from localcloud.fleet.groups.facts import Facts

RULES = (health.judge, lifecycle.advance, tracking.track, refresh.proceed, capacity.keep)


def decide(facts: Facts, now: float) -> list[Action]:
    """The actions that the documented rules demand, in their order; each rule sees what those before did."""
    actions: list[Action] = []
    for rule in RULES:
        wanted = rule(facts, now)
        facts = applied(facts, wanted, now)
        actions += wanted
    return actions
