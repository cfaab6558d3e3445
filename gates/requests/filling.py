"""Arguments of Terraform as members of a request: `kms_key_arn` finds `KmsKeyArn` by itself. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from botocore.model import ListShape, MapShape, Shape, StructureShape

from gates.requests.terraform import Unknown

Body = Mapping[str, Any]


TAGS = frozenset({"tags"})
"""Judged on their own, with those of the provider."""


@dataclass(frozen=True, slots=True)
class Call:
    """How one type of resource becomes one request."""

    service: str
    operation: str
    names: Mapping[str, str] = field(default_factory=dict)
    """Members whose name differs, by the argument's path: ``{"rule.schedule": "ScheduleExpression"}``."""
    apart: frozenset[str] = frozenset()
    """Arguments that are no part of this request: another call has them, or Terraform itself."""
    under: str = ""
    """The member that takes the arguments, where the request wraps them."""
    more: Body = field(default_factory=dict)
    """What the provider adds."""
    prepare: Callable[[Body], Body] = dict
    """Rearranges arguments whose structure differs from the request's."""
    when: Callable[[Body], bool] = bool
    """Whether the provider sends it at all."""


def request(call: Call, shape: StructureShape, body: Body) -> dict[str, Any]:
    """The request for a resource with the arguments *body*.

    An argument without a member keeps its own name, so that the model refuses it: nothing is lost unseen.
    """
    wanted = {key: value for key, value in call.prepare(body).items() if key not in call.apart}
    if not call.under:
        return {**_structure(shape, wanted, call, ""), **call.more}
    return {call.under: _value(shape.members[call.under], wanted, call, ""), **call.more}


def _structure(shape: StructureShape, body: Body, call: Call, path: str) -> dict[str, Any]:
    members = {_plain(name): name for name in shape.members}
    found: dict[str, Any] = {}
    for key, value in body.items():
        below = f"{path}.{key}".lstrip(".")
        if below in call.apart or value is None:
            continue
        name = call.names.get(below) or members.get(_plain(key), key)
        inner = shape.members.get(name)
        found[name] = _value(inner, value, call, below) if inner is not None else value
    return found


def _plain(name: str) -> str:
    return name.replace("_", "").lower()


def _value(shape: Shape, value: Any, call: Call, path: str) -> Any:
    if isinstance(value, Unknown):
        return value
    match shape:
        case StructureShape():
            block = value[0] if isinstance(value, list) and len(value) == 1 else value
            return _structure(shape, block, call, path) if isinstance(block, Mapping) else block
        case ListShape():
            entries = value if isinstance(value, list) else [value]
            return [_value(shape.member, one, call, path) for one in entries]
        case MapShape() if isinstance(value, Mapping):
            return {key: _value(shape.value, one, call, path) for key, one in value.items()}
    return value
