"""A payment as the client asked for it."""

import hashlib
import json
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentRequest:
    """A validated request: one amount from a debtor to a creditor."""

    amount_minor: int
    """Integer minor units of the currency (cents, yen)."""
    currency: str
    """ISO 4217 code."""
    debtor: str
    creditor: str
    reference: str = ""

    def canonical(self) -> str:
        """The one JSON text of this request; field order and defaults of the client do not show."""
        return json.dumps(asdict(self), sort_keys=True, separators=(",", ":"))

    def digest(self) -> str:
        """SHA-256 of the canonical text in hexadecimal: two bodies ask for the same payment."""
        return hashlib.sha256(self.canonical().encode()).hexdigest()
