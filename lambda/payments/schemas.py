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

# What is left out: control characters, line separators, text direction overrides and halves of surrogate
# pairs. They forge statements and logs, or cannot be stored at all. Written as plain ranges of characters,
# because that is the part of regular expressions that all tools understand alike.
_VISIBLE = (
    "!-~\u00a1-\u167f\u1681-\u1fff\u200b-\u2027\u2030-\u205e\u2060-\u2065\u206a-\u2fff\u3001-\ud7ff"
    "\ue000-\U0010ffff"
)
_BLANK = " \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000"
_TEXT = f"^[{_BLANK}{_VISIBLE}]*$"
_NAME = {
    "type": "string",
    "maxLength": 64,
    "pattern": f"^[{_BLANK}]*[{_VISIBLE}][{_BLANK}{_VISIBLE}]*$",
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
