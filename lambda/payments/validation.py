"""Reads a payment request out of untrusted bytes. No message repeats what was sent."""

import json
import re
from typing import Any

import fastjsonschema
from fastjsonschema import JsonSchemaValueException, JsonSchemaValuesException

from payments.currencies import CURRENCIES
from payments.problems import FieldError, Problem, Refused
from payments.request import PaymentRequest

MAX_BODY_BYTES = 8 * 1024
MAX_AMOUNT_MINOR = 10**12

_KEY = re.compile(r"[A-Za-z0-9_-]{8,64}")

# Control characters, line separators, text direction overrides and halves of surrogate pairs: they
# forge statements and logs, or cannot be stored at all.
_PRINTABLE = r"[^\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069\ud800-\udfff]"
_NAME = {"type": "string", "maxLength": 64, "pattern": rf"^(?=.*\S){_PRINTABLE}*$"}

_REQUIRED = ["amount_minor", "currency", "debtor", "creditor"]
_FIELDS = {
    "amount_minor": {"type": "integer", "minimum": 1, "maximum": MAX_AMOUNT_MINOR},
    "currency": {"enum": sorted(CURRENCIES)},
    "debtor": _NAME,
    "creditor": _NAME,
    "reference": {"type": "string", "maxLength": 140, "pattern": rf"^{_PRINTABLE}*$"},
}
SCHEMA = {
    # In draft 4 the number 1.0 is not an integer. Later drafts let it pass, as a float.
    "$schema": "http://json-schema.org/draft-04/schema#",
    "type": "object",
    "additionalProperties": False,
    "required": _REQUIRED,
    "properties": _FIELDS,
}

_check = fastjsonschema.compile(SCHEMA, fast_fail=False)

_MESSAGES = {
    "type": "must be of type {rule}",
    "enum": "must be an ISO 4217 currency code",
    "minimum": "must be at least {rule}",
    "maximum": "must be at most {rule}",
    "maxLength": "must have at most {rule} characters",
    "pattern": "must be visible text without control characters",
}


def idempotency_key(header: str | None) -> str:
    """The value of the Idempotency-Key header.

    Raises:
        Refused: it is missing or malformed.
    """
    if header is None or not _KEY.fullmatch(header):
        wrong = FieldError("Idempotency-Key", "must be 8 to 64 characters of A-Z a-z 0-9 _ -")
        raise Refused(Problem.INVALID, "The header Idempotency-Key is not valid.", [wrong])
    return header


def payment_request(content_type: str | None, body: bytes) -> PaymentRequest:
    """The payment that a request body asks for.

    Raises:
        Refused: the body is not JSON, too large, or not a payment; every wrong field is named.
    """
    if content_type is not None and content_type.split(";")[0].strip().lower() != "application/json":
        raise Refused(Problem.NOT_JSON, "Send the payment as application/json.")
    if len(body) > MAX_BODY_BYTES:
        raise Refused(Problem.TOO_LARGE, f"The body may have at most {MAX_BODY_BYTES} bytes.")
    document = _parse(body)
    try:
        _check(document)
    except JsonSchemaValuesException as invalid:
        errors = [wrong for error in invalid.errors for wrong in _explain(error)]
        raise Refused(Problem.INVALID, "The payment is not valid.", errors) from None
    return PaymentRequest(**document)


def _parse(body: bytes) -> Any:
    try:
        return json.loads(body.decode("utf-8"), object_pairs_hook=_unique, parse_constant=_no_constant)
    # Deep nesting overflows the parser's stack; it is malformed like everything else here.
    except (ValueError, RecursionError):
        raise Refused(
            Problem.MALFORMED, "The body is not one JSON document in UTF-8 without duplicate names."
        ) from None


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    document = dict(pairs)
    if len(document) != len(pairs):
        raise ValueError("duplicate names: two readers would see two different payments")
    return document


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def _explain(error: JsonSchemaValueException) -> list[FieldError]:
    match error.rule:
        case "required":
            missing = [name for name in _REQUIRED if name not in error.value]
            return [FieldError(name, "is required") for name in missing]
        case "additionalProperties":
            allowed = ", ".join(_FIELDS)
            return [FieldError("", f"must have no other fields than {allowed}")]
        case rule:
            message = _MESSAGES[str(rule)].format(rule=error.rule_definition)
            return [FieldError(".".join(error.path[1:]), message)]
