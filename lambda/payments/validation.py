"""Reads requests out of untrusted bytes. No message repeats what was sent."""

import json
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any
from uuid import UUID

import fastjsonschema
from fastjsonschema import JsonSchemaValueException, JsonSchemaValuesException

from payments.problems import FieldError, Problem, Refused
from payments.request import PaymentRequest
from payments.schemas import IDEMPOTENCY_KEY, MAX_BODY_BYTES, PAYMENT, SESSION, SESSION_ID, Schema

DEFAULT_SESSION_TTL_S = 1_800
_SHORT_NUMBER = r"[^eE]{1,32}([eE][+-]?[0-9]{1,2})?"


def _compiled(schema: Schema) -> Callable[[Any], Any]:
    # Draft 4 calls no float an integer: what is one by its value has been read as an int before.
    dialect = "http://json-schema.org/draft-04/schema#"
    check: Callable[[Any], Any] = fastjsonschema.compile({"$schema": dialect, **schema}, fast_fail=False)
    return check


_is_payment = _compiled(PAYMENT)
_is_session = _compiled(SESSION)

_MESSAGES = {
    "type": "must be of type {rule}",
    "enum": "must be an ISO 4217 currency code",
    "minimum": "must be at least {rule}",
    "maximum": "must be at most {rule}",
    "maxLength": "must have at most {rule} characters",
    "maxProperties": "must have at most {rule} fields",
    "pattern": "must be visible text without control characters",
}


def idempotency_key(header: str | None) -> str:
    """The value of the Idempotency-Key header.

    Raises:
        Refused: it is missing or malformed.
    """
    if header is None or not re.fullmatch(IDEMPOTENCY_KEY, header):
        wrong = FieldError("Idempotency-Key", "must be 8 to 64 characters of A-Z a-z 0-9 _ -")
        raise Refused(Problem.INVALID, "The header Idempotency-Key is not valid.", [wrong])
    return header


def payment_id(text: str) -> str:
    """The payment id of a path.

    Raises:
        Refused: it is no UUID.
    """
    try:
        parsed = str(UUID(text))
    except ValueError:
        parsed = None
    # UUID() also reads braces, prefixes and missing hyphens: one payment has one address.
    if parsed is None or parsed != text.lower():
        wrong = FieldError("payment_id", "must be a UUID")
        raise Refused(Problem.INVALID, "The payment id is not valid.", [wrong])
    return parsed


def session_id(text: str) -> str:
    """The session id of a path.

    Raises:
        Refused: it is malformed.
    """
    if not re.fullmatch(SESSION_ID, text):
        wrong = FieldError("session_id", "must be 16 to 128 characters of A-Z a-z 0-9 _ -")
        raise Refused(Problem.INVALID, "The session id is not valid.", [wrong])
    return text


def payment_request(content_type: str | None, body: bytes) -> PaymentRequest:
    """The payment that a request body asks for.

    Raises:
        Refused: the body is not JSON, too large, or not a payment; every wrong field is named.
    """
    return PaymentRequest(**_document("payment", _is_payment, content_type, body))


def session(content_type: str | None, body: bytes) -> tuple[dict[str, str], int]:
    """What a request body wants kept, and for how many seconds.

    Raises:
        Refused: the body is not JSON, too large, or not a session; every wrong field is named.
    """
    document = _document("session", _is_session, content_type, body)
    return document["data"], document.get("ttl_s", DEFAULT_SESSION_TTL_S)


def _document(what: str, check: Callable[[Any], Any], content_type: str | None, body: bytes) -> Any:
    if content_type is not None and content_type.split(";")[0].strip().lower() != "application/json":
        raise Refused(Problem.NOT_JSON, f"Send the {what} as application/json.")
    if len(body) > MAX_BODY_BYTES:
        raise Refused(Problem.TOO_LARGE, f"The body may have at most {MAX_BODY_BYTES} bytes.")
    document = _parse(body)
    try:
        check(document)
    except JsonSchemaValuesException as invalid:
        errors = [wrong for error in invalid.errors for wrong in _explain(error)]
        raise Refused(Problem.INVALID, f"The {what} is not valid.", errors) from None
    return document


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
        raise ValueError("duplicate names: two readers would see two different payments")
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
            allowed = error.definition.get("properties") or error.definition["patternProperties"]
            return [FieldError(field, f"must have no other fields than {', '.join(allowed)}")]
        case rule:
            message = _MESSAGES[str(rule)].format(rule=error.rule_definition)
            return [FieldError(field, message)]
