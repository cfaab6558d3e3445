"""Where a path leads in the values of a plan, before and after. Pure."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dr.guard.plan import Change

SEGMENT = re.compile(r"(\w+)(?:\[(\w*)\])?")
Segments = Sequence[tuple[str, str | None]]


class Unknown:
    """A value that only an apply tells. Equal to nothing else, and never false."""

    def __str__(self) -> str:
        return "what is not known yet"


class New:
    """What an item was before that is new in its list."""


UNKNOWN, NEW = Unknown(), New()


@dataclass(frozen=True, slots=True)
class Attribute:
    """A value as it was and as it will be. None where there is none."""

    path: str
    before: Any
    after: Any


def places(change: Change, path: str) -> Iterator[Attribute]:
    """Every place that *path* leads to: `a.b`, and for lists `a[key].b`, where items are paired by their key.

    The items of a list with an empty key are paired by themselves. Without a key a list is a block of one.
    An item that goes is a place itself, and has none within.
    """
    segments: Segments = [(found[1], found[2]) for found in SEGMENT.finditer(path)]
    yield from _walk(segments, "", change.before, change.after, change.unknown)


def _walk(segments: Segments, path: str, before: Any, after: Any, marks: Any) -> Iterator[Attribute]:
    """*marks* says what of *after* is not known: True for all of it."""
    if marks is True:
        after, marks = UNKNOWN, None
    if not segments:
        yield Attribute(path, before, after)
        return
    name, key = segments[0]
    within = f"{path}.{name}".lstrip(".")
    before, after, marks = (_under(value, name) for value in (before, after, marks))
    if key is None:
        yield from _walk(segments[1:], within, before, after, marks)
        return
    for label, was, now, mark in _pairs(key, before, after, marks):
        if now is not None or not segments[1:]:
            yield from _walk(segments[1:], f"{within}[{label}]", was, now, mark)


def _under(values: Any, name: str) -> Any:
    """The value *name* of a block."""
    if isinstance(values, list):
        values = values[0] if values else None
    if isinstance(values, Mapping):
        return values.get(name)
    return values if values is True or isinstance(values, Unknown | New) else None


def _pairs(key: str, before: Any, after: Any, marks: Any) -> Iterator[tuple[str | None, Any, Any, Any]]:
    """The label of each item, the item before and after, and what of it is not known."""
    old = {_label(item, key): item for item in (before if isinstance(before, list) else ())}
    if marks is True or after is UNKNOWN:
        yield from ((label, item, UNKNOWN, None) for label, item in old.items())
        return
    now = after or []
    told = marks if isinstance(marks, list) else [None] * len(now)
    new = {_label(item, key): (item, mark) for item, mark in zip(now, told, strict=False)}
    missing = (UNKNOWN if None in new else None, None)
    for label in {**old, **new}:
        if label is not None:
            item, mark = new.get(label, missing)
            yield label, old.get(label, NEW), item, mark


def _label(item: Any, key: str) -> str | None:
    """The key of an item; None while it is not known."""
    value = item.get(key) if key and isinstance(item, Mapping) else item
    return value if isinstance(value, str) else None
