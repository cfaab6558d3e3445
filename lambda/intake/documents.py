"""Reads JSON documents, keys and ids out of untrusted bytes. No message repeats what was sent."""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID

import fastjsonschema
from fastjsonschema import JsonSchemaValueException, JsonSchemaValuesException

from intake.problems import FieldError, Problem, Refused
from intake.text import visible

Schema = dict[str, Any]
MAX_BODY_BYTES = 8 * 1024
IDEMPOTENCY_KEY = "^[A-Za-z0-9_-]{8,64}$"
KEY_FORMS = re.compile(f'{IDEMPOTENCY_KEY[1:-1]}|"(?P<inside>{IDEMPOTENCY_KEY[1:-1]})"')
"""A key as it is, or as the string of a structured field, as draft-ietf-httpapi-idempotency-key-header wants
it: the quotes do not belong to the key."""
_SHORT_NUMBER = r"[^eE]{1,32}([eE][+-]?[0-9]{1,2})?"
_FEW = 8
"""So many values are told, where one of them is wanted."""

NAMES_OF_FIELDS = "names of 1 to 64 characters of A-Z a-z 0-9 _ . -"
VISIBLE = "must be visible text without control characters and without U+FFFD, which stands for lost ones"
_MESSAGES = {
    "type": "must be of type {rule}",
    "enum": "must be the ISO 4217 code of a currency that is money",
    "minimum": "must be at least {rule}",
    "maximum": "must be at most {rule}",
    "maxLength": "must have at most {rule} characters",
    "maxProperties": "must have at most {rule} fields",
    "minLength": VISIBLE,
    "pattern": VISIBLE,
}


class Form:
    """One kind of document.

    Args:
        what: what a client calls it, in messages.
        schema: what it must be.
        names: those of its fields that somebody must be able to see.
    """

    def __init__(self, what: str, schema: Schema, *, names: Iterable[str] = ()) -> None:
        self._what = what
        self._check = _compiled(schema)
        self._names = tuple(names)

    def read(self, headers: Mapping[str, str], body: bytes) -> Any:
        """The document of a request; names of headers in lower case.

        Raises:
            Refused: the body is not JSON, too large, or no such document; every wrong field is named.
        """
        return _document(self._what, self._check, headers, body, self._names)


def idempotency_key(header: str | None) -> str:
    """The value of the Idempotency-Key header.

    Raises:
        Refused: it is missing or malformed.
    """
    found = KEY_FORMS.fullmatch(header or "")
    if found is None:
        wrong = FieldError("Idempotency-Key", "must be 8 to 64 characters of A-Z a-z 0-9 _ -")
        raise Refused(Problem.INVALID, "The header Idempotency-Key is not valid.", [wrong])
    return found["inside"] or found[0]


def entry_id(text: str, *, what: str) -> str:
    """The id of a path; *what* it is of, for messages.

    Raises:
        Refused: it is no UUID.
    """
    try:
        parsed = str(UUID(text))
    except ValueError:
        parsed = None
    # UUID() also reads braces, prefixes and missing hyphens: one entry has one address.
    if parsed is None or parsed != text.lower():
        wrong = FieldError(f"{what}_id", "must be a UUID")
        raise Refused(Problem.INVALID, f"The {what} id is not valid.", [wrong])
    return parsed


def _compiled(schema: Schema) -> Callable[[Any], Any]:
    # Draft 4 calls no float an integer: what is one by its value has been read as an int before.
    dialect = "http://json-schema.org/draft-04/schema#"
    read = {"$schema": dialect, **_whole(schema)}
    check: Callable[[Any], Any] = fastjsonschema.compile(read, fast_fail=False)
    return check


def _whole(schema: Any) -> Any:
    # To Python `$` is before a last newline, too. The library knows, for `pattern`, not for names of fields.
    if not isinstance(schema, dict):
        return schema
    found = {name: _whole(value) for name, value in schema.items()}
    if names := found.get("patternProperties"):
        found["patternProperties"] = {name.removesuffix("$") + r"\Z": value for name, value in names.items()}
    return found


def _document(
    what: str, check: Callable[[Any], Any], headers: Mapping[str, str], body: bytes, names: Iterable[str]
) -> Any:
    _is_plain_json(what, headers)
    if len(body) > MAX_BODY_BYTES:
        raise Refused(Problem.TOO_LARGE, f"The body may have at most {MAX_BODY_BYTES} bytes.")
    document = _parse(body)
    errors: list[FieldError] = []
    try:
        check(document)
    except JsonSchemaValuesException as invalid:
        errors = [wrong for error in invalid.errors for wrong in _explain(error)]
    # A name of joiners and fillers only is right by its schema. What is wrong already is not told twice.
    told = {error.field for error in errors}
    errors += [FieldError(name, VISIBLE) for name in names if name not in told and _is_unseen(document, name)]
    if errors:
        raise Refused(Problem.INVALID, f"The {what} is not valid.", errors)
    return document


def _is_unseen(document: Any, name: str) -> bool:
    found = document.get(name) if isinstance(document, dict) else None
    return isinstance(found, str) and not visible(found)


def _is_plain_json(what: str, headers: Mapping[str, str]) -> None:
    content_type = headers.get("content-type")
    if content_type is not None:
        media_type, charsets = _media_type(content_type)
        if media_type != "application/json":
            raise Refused(Problem.NOT_JSON, f"Send the {what} as application/json.")
        if charsets - {"utf-8"}:
            raise Refused(Problem.NOT_UTF8, f"Send the {what} in UTF-8, the only charset that is read.")
    encodings = {each.strip().lower() for each in headers.get("content-encoding", "").split(",")}
    if encodings - {"", "identity"}:
        raise Refused(Problem.ENCODED, f"Send the {what} without a Content-Encoding.")


def _media_type(content_type: str) -> tuple[str, set[str]]:
    """The media type, and every charset that stands beside it, both in lower case."""
    media_type, *parameters = content_type.split(";")
    pairs = (parameter.partition("=") for parameter in parameters)
    charsets = {_unquoted(value.strip()).lower() for name, _, value in pairs if _is_charset(name)}
    return media_type.strip().lower(), charsets


def _unquoted(value: str) -> str:
    """The value of a parameter; one of two quotes stays, because a part of a value is another value."""
    quoted = len(value) > 1 and value.startswith('"') and value.endswith('"')
    return value[1:-1] if quoted else value


def _is_charset(name: str) -> bool:
    # A star marks an encoded value (RFC 8187), and its pieces where it comes in several (RFC 2231).
    return name.strip().lower().partition("*")[0] == "charset"


def _parse(body: bytes) -> Any:
    try:
        document = json.loads(
            body.decode("utf-8"),
            object_pairs_hook=_unique,
            parse_constant=_no_constant,
            parse_float=_number,
        )
        # An escape may name half of a surrogate pair: a text that no store takes.
        json.dumps(document, ensure_ascii=False).encode("utf-8")
    # Deep nesting overflows the parser's stack; it is malformed like everything else here.
    except (ValueError, RecursionError):
        raise Refused(
            Problem.MALFORMED, "The body is not one JSON document in UTF-8 without duplicate names."
        ) from None
    return document


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    document = dict(pairs)
    if len(document) != len(pairs):
        raise ValueError("duplicate names: two readers would see two different requests")
    return document


def _number(text: str) -> int | float:
    # JSON Schema calls 1250.0 an integer. Decimal, because a float rounds 0.9999999999999999999 to one; and
    # only of short texts, because the digits of 1e999999999 would fill the memory.
    value = Decimal(text) if re.fullmatch(_SHORT_NUMBER, text) else Decimal("NaN")
    return int(value) if value == value.to_integral_value() else float(text)


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def _explain(error: JsonSchemaValueException) -> list[FieldError]:
    # Of the path only the first name: what is below it is the client's own.
    field = next(iter(error.path[1:]), "")
    match error.rule:
        case "required":
            missing = [name for name in error.rule_definition if name not in error.value]
            return [FieldError(name, "is required") for name in missing]
        case "additionalProperties":
            allowed = error.definition.get("properties")
            rule = f"no other fields than {', '.join(allowed)}" if allowed else NAMES_OF_FIELDS
            return [FieldError(field, f"must have {rule}")]
        case "enum" if len(error.rule_definition) <= _FEW:
            return [FieldError(field, f"must be {' or '.join(error.rule_definition)}")]
        case "pattern" if "description" in error.definition:
            return [FieldError(field, f"must be {error.definition['description']}")]
        case rule:
            message = _MESSAGES[str(rule)].format(rule=error.rule_definition)
            return [FieldError(field, message)]
