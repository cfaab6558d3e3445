"""Our documents beside AWS's sample policies: what a sample grants, ours grants or explains."""

import fnmatch
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gates.authorization.globs import overlap
from gates.authorization.reference import actions

FILE = Path(__file__).with_name("samples.toml")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One sample policy: the actions it grants on each of the resources."""

    of: str
    source: str
    where: str
    """A pattern: our documents that are for the same."""
    actions: list[str]
    resources: list[str] = field(default_factory=lambda: ["*"])
    """One that has ``{region}`` stands for one in each region of the system."""
    principal: str = ""
    """A pattern: whom the policy of a key lets do it."""
    without: dict[str, str] = field(default_factory=dict)
    """Actions that ours leaves out, each with the reason."""


def samples(path: Path = FILE) -> list[Sample]:
    """The samples of *path*. Raises TypeError when an entry has a key that is none."""
    return [Sample(**one) for one in tomllib.loads(path.read_text())["sample"]]


def lacking(sample: Sample, document: dict[str, Any], regions: Iterable[str]) -> Iterator[str]:
    """What the sample grants and *document* does not; and what it is said not to grant, but does."""
    resources = {one.replace("{region}", region): None for one in sample.resources for region in regions}
    for action in sample.actions:
        for resource in resources:
            granted = any(_grants(one, sample.principal, action, resource) for one in document["Statement"])
            if not granted and action not in sample.without:
                yield f"{action} on {resource}, as the sample of {sample.of} grants it ({sample.source})"
            if granted and action in sample.without:
                yield f"{action} is granted, although it is said to be left out: {sample.without[action]}"


def concerned(sample: Sample, where: str) -> bool:
    """Whether the document at *where* is for what the sample is for."""
    return fnmatch.fnmatchcase(where, sample.where)


def _grants(statement: dict[str, Any], principal: str, action: str, resource: str) -> bool:
    if statement["Effect"] != "Allow" or not fnmatch.filter(_principals(statement), principal):
        return False
    named = {one.name for pattern in _texts(statement.get("Action", [])) for one in actions(pattern)}
    places = _texts(statement.get("Resource", "*"))
    return action in named and any(overlap(resource, place) for place in places)


def _principals(statement: dict[str, Any]) -> list[str]:
    """Whom a statement is for; the empty text in a role's own document."""
    named = statement.get("Principal", "")
    if isinstance(named, str):
        return [named]
    return [one for texts in named.values() for one in _texts(texts)]


def _texts(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value
