"""What a plan must not do to state. Pure: changes in, refusals out, each with the code of its rule.

After a failover a plan that was written for the old roles wants to detach, recreate or promote clusters.
An "update" can lose data as well: the provider recreates replicas inside one, and what could be got back
yesterday may be gone tomorrow. A refusal is allowed by its name, by somebody who took a backup first.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from dr.guard.facts import GuardRule, holds_state, kinds
from dr.guard.keeping import lowered
from dr.guard.plan import Change


@dataclass(frozen=True, slots=True)
class Refusal:
    """One thing the plan would do and must not."""

    rule: GuardRule
    address: str
    text: str

    @property
    def name(self) -> str:
        """What allows it."""
        return f"{self.rule}:{self.address}"

    def __str__(self) -> str:
        return f"{self.rule} {self.address} {self.text} (back it up, then --allow '{self.name}')"


def refusals(changes: Iterable[Change]) -> list[Refusal]:
    """Everything in *changes* that must not happen, in their order."""
    return [found for change in changes if change.type in kinds() for found in _judge(change)]


def without(found: Iterable[Refusal], allowed: Sequence[str]) -> list[Refusal]:
    """The refusals that nobody allowed by their names."""
    return [one for one in found if one.name not in allowed]


def unused(found: Iterable[Refusal], allowed: Sequence[str]) -> list[str]:
    """Names that allow nothing: they are old, or mistyped."""
    names = {one.name for one in found}
    return [name for name in allowed if name not in names]


def _judge(change: Change) -> Iterator[Refusal]:
    if holds_state(change.type) and (end := _end(change.actions)):
        rule, text = end
        yield Refusal(rule, change.address, f"{text}: {kinds()[change.type].gone}")
    if "update" in change.actions or _comes_upon(change):
        for one in lowered(change):
            yield Refusal(one.fact.rule, change.address, str(one))


def _comes_upon(change: Change) -> bool:
    """Whether what is created changes something that is there already."""
    of = kinds()[change.type].of
    return change.actions == {"create"} and bool(of) and bool(change.after.get(of))


def _end(actions: frozenset[str]) -> tuple[GuardRule, str] | None:
    """How the plan parts with a resource, if it does."""
    if "forget" in actions:
        return GuardRule.FORGET, "would be forgotten, and nothing would manage it any more"
    if {"create", "delete"} <= actions:
        return GuardRule.REPLACE, "would be destroyed and created again, empty"
    return (GuardRule.DESTROY, "would be destroyed") if "delete" in actions else None
