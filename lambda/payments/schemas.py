"""What clients may send, as JSON Schema: validated here, published in the OpenAPI document."""

from intake.currencies import MONEY, TEST
from intake.documents import Schema
from intake.text import TEXT

NAME = "payments"
"""Of the system, in the types of its problems."""
MAX_AMOUNT_MINOR = 10**12
SESSION_FIELD = "^[A-Za-z0-9_.-]{1,64}$"
SESSION_ID = "^[A-Za-z0-9_-]{16,128}$"
"""Who knows the id has the session, so it must be long enough not to be guessed."""
UUID = "^[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}$"

_NAME = {"type": "string", "minLength": 1, "maxLength": 64, "pattern": TEXT}
"""That somebody can see it is checked in code, see `intake.text`: as a pattern it is slow to make."""

PAYMENT: Schema = {
    "type": "object",
    "additionalProperties": False,
    "required": ["amount_minor", "currency", "debtor", "creditor"],
    "properties": {
        "amount_minor": {
            "type": "integer",
            "format": "int64",
            "minimum": 1,
            "maximum": MAX_AMOUNT_MINOR,
            "description": "In minor units of the currency: cents, yen.",
        },
        "currency": {"enum": sorted(MONEY)},
        "debtor": _NAME,
        "creditor": _NAME,
        "reference": {"type": "string", "maxLength": 140, "pattern": TEXT},
    },
}

SYNTHETIC: Schema = {
    **PAYMENT,
    "properties": {**PAYMENT["properties"], "currency": {"enum": [TEST]}},
}
"""What the system pays to prove that it can: not in money, so that no client can pay so."""

SESSION: Schema = {
    "type": "object",
    "additionalProperties": False,
    "required": ["data"],
    "properties": {
        "data": {
            "type": "object",
            "maxProperties": 16,
            "patternProperties": {SESSION_FIELD: {"type": "string", "maxLength": 256, "pattern": TEXT}},
            "additionalProperties": False,
        },
        "ttl_s": {"type": "integer", "format": "int32", "minimum": 60, "maximum": 86_400},
    },
}
