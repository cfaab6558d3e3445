"""What clients may send, as JSON Schema: validated here, published in the OpenAPI document."""

from typing import Any

from payments.currencies import CURRENCIES

Schema = dict[str, Any]

MAX_BODY_BYTES = 8 * 1024
MAX_AMOUNT_MINOR = 10**12
IDEMPOTENCY_KEY = "^[A-Za-z0-9_-]{8,64}$"
SESSION_ID = "^[A-Za-z0-9_-]{16,128}$"
"""Who knows the id has the session, so it must be long enough not to be guessed."""
UUID = "^[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}$"

# Control characters, line separators and text direction overrides forge statements and logs. What is refused
# is written, not what is allowed: tools that make examples spell a class out, and a million characters take
# seconds. Halves of surrogate pairs cannot be stored either: a body that has one is no UTF-8 (validation.py).
_FORGING = "\\u0000-\\u001f\\u007f-\\u009f\\u2028-\\u202e\\u2066-\\u2069"
_BLANK = " \\u00a0\\u1680\\u2000-\\u200a\\u202f\\u205f\\u3000"
_TEXT = f"^[^{_FORGING}]*$"
_NAME = {
    "type": "string",
    "maxLength": 64,
    "pattern": f"^[^{_FORGING}]*[^{_FORGING}{_BLANK}][^{_FORGING}]*$",
}

PAYMENT: Schema = {
    "type": "object",
    "additionalProperties": False,
    "required": ["amount_minor", "currency", "debtor", "creditor"],
    "properties": {
        "amount_minor": {"type": "integer", "minimum": 1, "maximum": MAX_AMOUNT_MINOR},
        "currency": {"enum": sorted(CURRENCIES)},
        "debtor": _NAME,
        "creditor": _NAME,
        "reference": {"type": "string", "maxLength": 140, "pattern": _TEXT},
    },
}

SESSION: Schema = {
    "type": "object",
    "additionalProperties": False,
    "required": ["data"],
    "properties": {
        "data": {
            "type": "object",
            "maxProperties": 16,
            "patternProperties": {
                "^[A-Za-z0-9_.-]{1,64}$": {
                    "type": "string",
                    "maxLength": 256,
                    "pattern": _TEXT,
                }
            },
            "additionalProperties": False,
        },
        "ttl_s": {"type": "integer", "minimum": 60, "maximum": 86_400},
    },
}
