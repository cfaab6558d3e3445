"""What clients may send, as JSON Schema."""

from intake.currencies import MONEY, TEST
from intake.documents import Form, Schema
from trading.order import Side, TimeInForce

NAME = "trading"
"""Of the system, in the types of its problems."""
MOST_QUANTITY = 10**9
MOST_LIMIT_MINOR = 10**12

ORDER: Schema = {
    "type": "object",
    "additionalProperties": False,
    "required": ["side", "symbol", "quantity", "limit_minor", "currency", "time_in_force"],
    "properties": {
        "side": {"enum": [str(side) for side in Side]},
        "symbol": {
            "type": "string",
            "pattern": "^[A-Z0-9][A-Z0-9.]{0,11}$",
            "description": "1 to 12 characters of A-Z 0-9 and dots, the first one no dot",
        },
        "quantity": {"type": "integer", "minimum": 1, "maximum": MOST_QUANTITY},
        "limit_minor": {"type": "integer", "minimum": 1, "maximum": MOST_LIMIT_MINOR},
        "currency": {"enum": sorted(MONEY)},
        "time_in_force": {"enum": [str(time) for time in TimeInForce]},
    },
}
SYNTHETIC: Schema = {**ORDER, "properties": {**ORDER["properties"], "currency": {"enum": [TEST]}}}
"""What the platform orders to prove that it can: not in money, so it is nobody's."""

FORM = Form("order", ORDER)
SYNTHETIC_FORM = Form("order", SYNTHETIC)
