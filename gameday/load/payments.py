"""What clients of the payment system ask of it."""

import random
import time
from collections.abc import Mapping, Sequence
from typing import Any

from gameday.load.records import Operation
from gameday.load.requests import Sent, Told

_CURRENCIES = ("EUR", "USD", "JPY")
_MAX_AMOUNT_MINOR = 250_000


class Payments:
    """Implements gameday.load.requests.Requests."""

    def new(self, run: str, number: int, due: float) -> Operation:
        """A payment."""
        return Operation(
            key=f"{run}-{number:06d}",
            amount_minor=random.randint(1, _MAX_AMOUNT_MINOR),  # noqa: S311 (load, not secrecy)
            currency=_CURRENCIES[number % len(_CURRENCIES)],
            due=due,
            started=time.time(),
        )

    def ask(self, operation: Operation) -> Sent:
        """A payment under its idempotency key."""
        return Sent(
            method="POST",
            path="/payments",
            headers={"Idempotency-Key": operation.key},
            body={
                "amount_minor": operation.amount_minor,
                "currency": operation.currency,
                "debtor": "drill-debtor",
                "creditor": "drill-creditor",
                "reference": operation.key,
            },
        )

    def told(self, _: Operation, body: Mapping[str, Any]) -> Told:
        """The payment's id."""
        return Told(entry_id=body.get("payment_id"))

    def next(self, _: Operation) -> Sequence[Operation]:
        """Nothing."""
        return ()

    def host(self, _: str, found: str) -> str:
        """The regional API's own."""
        return found
