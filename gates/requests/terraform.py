"""One synthesized resource with what is known of its references before anything exists. Pure.

A value that only an apply tells is unknown, never good: `UNKNOWN` when nothing of it is known, `Partly` when
some of its text is. References to a literal argument of a resource in the same stack are known.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from gates.synthesis import Document

ACCOUNT = "123456789012"
"""Stands for the account in every ARN: its form is known, its digits are not."""


class Unknown:
    """The one value of which nothing is known."""

    def __repr__(self) -> str:
        return "unknown"


UNKNOWN: Final = Unknown()


@dataclass(frozen=True, slots=True)
class Partly:
    """A text with gaps: *parts* are what is known around and between them."""

    parts: tuple[str, ...]

    @property
    def least(self) -> int:
        """How long it will be at least."""
        return sum(map(len, self.parts))


@dataclass(frozen=True, slots=True)
class Resource:
    """What one resource asks for; *where* names it for a reader."""

    where: str
    type: str
    body: Mapping[str, Any]
    default_tags: Mapping[str, Any]
    """What its provider adds to its tags."""


META = frozenset({"//", "provider", "depends_on", "lifecycle", "count", "for_each", "provisioner"})
IDENTITY = {"aws_rds_cluster": {"id": "cluster_identifier"}}
"""Attributes that AWS answers with what an argument asked for."""


def resources(stacks: Mapping[str, Document]) -> Iterator[Resource]:
    """Every resource of every stack, its references resolved as far as they can be."""
    for stack, document in stacks.items():
        reader = _Reader(document.get("resource", {}))
        tags = _default_tags(document)
        for type_, found in document.get("resource", {}).items():
            for address, body in found.items():
                plain = {key: reader.read(value) for key, value in body.items() if key not in META}
                yield Resource(f"{stack}:{type_}.{address}", type_, plain, tags)


def _default_tags(document: Document) -> Mapping[str, Any]:
    """Of the stack's first provider: another region's differ in values of the same kind."""
    provider = document.get("provider", {}).get("aws", [{}])[0]
    tags: Mapping[str, Any] = provider.get("default_tags", [{}])[0].get("tags", {})
    return tags


@dataclass(frozen=True, slots=True)
class _Reader:
    resources: Mapping[str, Mapping[str, Any]]

    def read(self, value: Any) -> Any:
        """*value* without references: literals, UNKNOWN or Partly."""
        if isinstance(value, Mapping):
            return {key: self.read(one) for key, one in value.items()}
        if isinstance(value, list):
            return [self.read(one) for one in value]
        return self._text(value) if isinstance(value, str) else value

    def _text(self, text: str) -> Any:
        if "${" not in text:
            return text
        pieces = list(_pieces(text))
        if len(pieces) == 1 and pieces[0].expression:
            return self._referenced(pieces[0].text)
        parts = [""]
        for piece in pieces:
            known = self._referenced(piece.text) if piece.expression else piece.text
            match known:
                case Partly(inner):
                    parts[-1] += inner[0]
                    parts.extend(inner[1:])
                case Unknown():
                    parts.append("")
                case _:
                    parts[-1] += str(known)
        return parts[0] if len(parts) == 1 else Partly(tuple(parts))

    def _referenced(self, expression: str) -> Any:
        if expression.startswith("data.aws_caller_identity.") and expression.endswith(".account_id"):
            return ACCOUNT
        type_, _, rest = expression.partition(".")
        address, _, attribute = rest.partition(".")
        body = self.resources.get(type_, {}).get(address, {})
        argument = IDENTITY.get(type_, {}).get(attribute, attribute)
        return self.read(body[argument]) if argument in body else UNKNOWN


@dataclass(frozen=True, slots=True)
class _Piece:
    text: str
    expression: bool


def _pieces(text: str) -> Iterator[_Piece]:
    """Literals and expressions in turn; `$${` is a literal `${`."""
    literal, at = "", 0
    while (found := text.find("${", at)) >= 0:
        if found > at and text[found - 1] == "$":
            literal, at = literal + text[at:found] + "{", found + 2
            continue
        if literal := literal + text[at:found]:
            yield _Piece(literal, expression=False)
        end = _end(text, found + 2)
        yield _Piece(text[found + 2 : end], expression=True)
        literal, at = "", end + 1
    if literal := literal + text[at:]:
        yield _Piece(literal, expression=False)


def _end(text: str, at: int) -> int:
    """Where the brace closes that opened before *at*; quotes may hold braces."""
    depth, quoted = 1, False
    for index in range(at, len(text)):
        letter = text[index]
        if letter == '"' and text[index - 1] != "\\":
            quoted = not quoted
        elif not quoted:
            depth += (letter == "{") - (letter == "}")
        if depth == 0:
            return index
    return len(text)
