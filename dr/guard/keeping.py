"""What an update lowers: protection, copies, and how far back something can be got back. Pure."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from dr.guard.facts import Fact, Keep, kinds
from dr.guard.places import NEW, UNKNOWN, Attribute, places
from dr.guard.plan import Change

SHOWN = 80
"""Characters of a value in a message."""


@dataclass(frozen=True, slots=True)
class Lowered:
    """One argument that the plan lowers."""

    fact: Fact
    place: Attribute

    def __str__(self) -> str:
        before, after = _shown(self.place.before), _shown(self.place.after)
        return f"{self.place.path} goes from {before} to {after}: {self.fact.loses}"


def lowered(change: Change) -> Iterator[Lowered]:
    """What the update *change* lowers, in the order of the facts of its type."""
    for fact in kinds()[change.type].keeps:
        for place in places(change, fact.path):
            if place.before is NEW and fact.keep is not Keep.EXPIRES:
                continue
            if JUDGES[fact.keep](fact, place.before, place.after):
                yield Lowered(fact, place)


def _on(fact: Fact, before: Any, after: Any) -> bool:
    return bool(before == fact.on and after != fact.on)


def _off(_: Fact, before: Any, after: Any) -> bool:
    return not before and bool(after)


def _same(_: Fact, before: Any, after: Any) -> bool:
    return bool(before) and bool(after != before)


def _fixed(fact: Fact, before: Any, after: Any) -> bool:
    unset = (None, "", False, fact.nothing)
    return bool(after != before) and not (before in unset and after in unset)


def _unset(_: Fact, before: Any, after: Any) -> bool:
    return bool(after) and bool(after != before)


def _more(_: Fact, before: Any, after: Any) -> bool:
    return bool(before) and (after is UNKNOWN or (after or 0) < before)


def _endless(_: Fact, before: Any, after: Any) -> bool:
    return after is UNKNOWN or _end(after) < _end(before)


def _end(value: Any) -> float:
    return float("inf") if value is NEW or not value else float(value)


def _item(_: Fact, before: Any, after: Any) -> bool:
    return before is not None and (after is None or after is UNKNOWN)


def _allows(_: Fact, before: Any, after: Any) -> bool:
    if after is UNKNOWN:
        return True
    fewer = _statements(before, "Allow") - _statements(after, "Allow")
    return bool(fewer or _statements(after, "Deny") - _statements(before, "Deny"))


def _denies(_: Fact, before: Any, after: Any) -> bool:
    return after is UNKNOWN or bool(_statements(before, "Deny") - _statements(after, "Deny"))


def _statements(policy: str | None, effect: str) -> set[str]:
    """The statements of a policy with that effect, each written in one way."""
    statements = json.loads(policy or "{}").get("Statement", [])
    return {_canonical(one) for one in _list(statements) if one["Effect"] == effect}


def _canonical(statement: Mapping[str, Any]) -> str:
    """Policies come back from AWS in another order, and with one action instead of a list of one."""
    return json.dumps(_sorted(statement), sort_keys=True)


def _sorted(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _sorted(one) for key, one in value.items()}
    return sorted(_list(value), key=str)


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _shown(value: Any) -> str:
    if value is UNKNOWN or (value not in (None, "") and not isinstance(value, Mapping | list)):
        text = str(value)
        return text if len(text) <= SHOWN else f"{text[:SHOWN]}..."
    return "there" if value else "nothing"


JUDGES: Mapping[Keep, Callable[[Fact, Any, Any], bool]] = {
    Keep.ON: _on,
    Keep.OFF: _off,
    Keep.SAME: _same,
    Keep.FIXED: _fixed,
    Keep.UNSET: _unset,
    Keep.MORE: _more,
    Keep.ENDLESS: _endless,
    Keep.EXPIRES: _endless,
    Keep.ITEM: _item,
    Keep.ALLOWS: _allows,
    Keep.DENIES: _denies,
}
"""Whether the value before and the value after lower what a fact keeps."""
