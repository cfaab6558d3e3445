"""Requests against the service models of botocore: members, enums, lengths, patterns, ranges.

botocore itself checks required members and types only, and the provider what its authors wrote down.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any

import botocore.session
from botocore.model import ListShape, MapShape, Shape, StringShape, StructureShape

from gates.requests.terraform import Partly, Unknown

NUMBERS = frozenset({"integer", "long", "float", "double"})
CLASSES = {
    r"\p{L}": r"\w",
    r"\p{N}": r"\d",
    r"\p{Z}": r"\s",
    r"\p{P}": r"!-/:-@\[-`{-~",
    r"\p{S}": r"$+<=>^`|~",
    r"\p{M}": "",
    r"\p{Alpha}": "a-zA-Z",
    r"\p{Alnum}": "a-zA-Z0-9",
    r"\p{ASCII}": r"\x00-\x7f",
    r"\p{Graph}": r"\x21-\x7e",
    r"\p{Print}": r"\x20-\x7e",
    r"\uD800\uDC00-\uDBFF\uDFFF": r"\U00010000-\U0010FFFF",
}
"""Classes of the models' patterns that Python spells otherwise; the last one in surrogates, as Java does."""
PARTS = re.compile(r"\\[^p]|\[(?:\\.|[^\]])*\]|\\p\{\w+\}")
"""An escaped character, a set in brackets, or a class that stands in no set and becomes one."""


@cache
def _models() -> botocore.session.Session:
    """Reads each service once."""
    return botocore.session.get_session()


@cache
def members_of(service: str, operation: str) -> StructureShape:
    """What a call takes. Raises OperationNotFoundError, and LookupError where it takes nothing."""
    if (shape := _models().get_service_model(service).operation_model(operation).input_shape) is None:
        raise LookupError(f"{service}:{operation} takes no arguments")
    return shape


def complaints(shape: Shape, value: Any, path: str = "") -> Iterator[str]:
    """Everything that the model refuses in *value*, each with its path. What is unknown is not judged."""
    if isinstance(value, Unknown):
        return
    match shape:
        case StructureShape():
            yield from _structure(shape, value, path)
        case ListShape():
            yield from _size(shape, len(value), path, "entries")
            for index, one in enumerate(value):
                yield from complaints(shape.member, one, f"{path}[{index}]")
        case MapShape():
            yield from _size(shape, len(value), path, "entries")
            for key, one in value.items():
                yield from complaints(shape.key, key, f"{path}.{key}")
                yield from complaints(shape.value, one, f"{path}.{key}")
        case StringShape():
            yield from _string(shape, value, path)
        case _ if shape.type_name in NUMBERS:
            yield from _number(shape, value, path)
        case _ if shape.type_name == "boolean" and not isinstance(value, bool):
            yield f"{path} = {value!r}: is no boolean"


def _structure(shape: StructureShape, value: Any, path: str) -> Iterator[str]:
    if not isinstance(value, Mapping):
        yield f"{path} = {value!r}: is no structure"
        return
    for name in shape.required_members:
        if value.get(name) is None:
            yield f"{_below(path, name)}: is required"
    for name, one in value.items():
        if name not in shape.members:
            yield f"{_below(path, name)}: {shape.name} has no such member"
        elif one is not None:
            yield from complaints(shape.members[name], one, _below(path, name))


def _below(path: str, name: str) -> str:
    return f"{path}.{name}".lstrip(".")


def _string(shape: StringShape, value: Any, path: str) -> Iterator[str]:
    if isinstance(value, Partly):
        most = shape.metadata.get("max")
        if most is not None and value.least > most:
            yield f"{path}: at least {value.least} characters, AWS takes {most}"
        return
    text = str(value)
    if shape.enum and text not in shape.enum:
        yield f"{path} = {text!r}: is none of {', '.join(shape.enum)}"
    yield from _size(shape, len(text), path, "characters")
    pattern = shape.metadata.get("pattern")
    if pattern and not compiled(pattern).fullmatch(text):
        yield f"{path} = {shortened(text)!r}: does not match {pattern}"


def shortened(text: str) -> str:
    """*text* for one line of a terminal."""
    return text if len(text) <= 80 else f"{text[:77]}..."  # noqa: PLR2004 - a line of a terminal


@cache
def compiled(pattern: str) -> re.Pattern[str]:
    """A pattern of a service model, in Python's words. Raises re.error where it cannot be said."""
    pattern = PARTS.sub(lambda part: f"[{part[0]}]" if part[0].startswith(r"\p") else part[0], pattern)
    for theirs, ours in CLASSES.items():
        pattern = pattern.replace(theirs, ours)
    return re.compile(pattern, re.DOTALL)


def _number(shape: Shape, value: Any, path: str) -> Iterator[str]:
    try:
        number = float(value)
    except (TypeError, ValueError):
        yield f"{path} = {value!r}: is no number"
        return
    least, most = shape.metadata.get("min"), shape.metadata.get("max")
    if (least is not None and number < least) or (most is not None and number > most):
        yield f"{path} = {value}: AWS takes {_from_to(least, most)}"


def _size(shape: Shape, size: int, path: str, what: str) -> Iterator[str]:
    least, most = shape.metadata.get("min"), shape.metadata.get("max")
    if (least is not None and size < least) or (most is not None and size > most):
        yield f"{path}: {size} {what}, AWS takes {_from_to(least, most)}"


def _from_to(least: float | None, most: float | None) -> str:
    return " and ".join(
        text for text, bound in ((f"at least {least}", least), (f"at most {most}", most)) if bound is not None
    )


def unspoken(service: str, operation: str) -> Sequence[str]:
    """Patterns of a call's model that Python cannot say: what they demand is not judged."""
    found: dict[str, None] = {}
    seen: set[str] = set()
    todo: list[Shape] = [members_of(service, operation)]
    while todo:
        one = todo.pop()
        if one.name in seen:
            continue
        seen.add(one.name)
        if pattern := one.metadata.get("pattern"):
            try:
                compiled(pattern)
            except re.error:
                found[pattern] = None
        todo += getattr(one, "members", {}).values()
        todo += [getattr(one, inner) for inner in ("member", "key", "value") if hasattr(one, inner)]
    return list(found)
