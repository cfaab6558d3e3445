"""A payment as the client asked for it."""

import json
from dataclasses import asdict, dataclass, fields
from typing import Any, Self

from durable.canonical import canonical, digest

_SINCE_FIRST = frozenset({"amount_minor", "currency", "debtor", "creditor", "reference"})


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

    @classmethod
    def parse(cls, text: str) -> Self:
        """The inverse of `canonical`. What newer code added is ignored.

        Raises:
            TypeError, ValueError: this is no request, or a field has another type.
        """
        told = json.loads(text)
        known = {each.name: told[each.name] for each in fields(cls) if each.name in told}
        request = cls(**known)
        texts = (request.currency, request.debtor, request.creditor, request.reference)
        # To Python true is the number one; to a database it is not.
        if type(request.amount_minor) is not int or not all(isinstance(text, str) for text in texts):
            raise TypeError("a field of another type")
        return request

    def canonical(self) -> str:
        """The one JSON text of this request, see `durable.canonical`."""
        return canonical(self, _SINCE_FIRST)

    def row(self) -> dict[str, Any]:
        """Its columns in the ledger, and its members in an answer."""
        return asdict(self)

    def stake(self) -> dict[str, int]:
        """The amount by its currency."""
        return {self.currency: self.amount_minor}

    def digest(self) -> str:
        """SHA-256 of the canonical text in hexadecimal: two bodies ask for the same payment."""
        return digest(self)
