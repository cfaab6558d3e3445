"""What clients of the trading platform ask of it."""

import random
import time
from collections.abc import Mapping, Sequence
from typing import Any

from gameday.load.records import Kind, Operation
from gameday.load.requests import Sent, Told

_CURRENCIES = ("EUR", "USD", "JPY")
_LIMITS_MINOR = 10_000
QUANTITY = 7
"""Of every order: a ledger that mixes up quantity and limit shows it."""
CANCELLED_OF, READ_OF, LISTED_OF = 3, 2, 25
"""One order in so many is cancelled, is read, and has its client list all open ones."""


class Orders:
    """Implements gameday.load.requests.Requests. Of three orders one is cancelled, and the others stand."""

    def new(self, run: str, number: int, due: float) -> Operation:
        """An order."""
        return Operation(
            key=f"{run}-{number:06d}",
            amount_minor=QUANTITY * random.randint(1, _LIMITS_MINOR),  # noqa: S311 (load, not secrecy)
            currency=_CURRENCIES[number // CANCELLED_OF % len(_CURRENCIES)],
            due=due,
            started=time.time(),
        )

    def ask(self, operation: Operation) -> Sent:
        """As the API wants it."""
        match operation.kind:
            case Kind.CANCEL:
                return Sent(method="DELETE", path=f"/orders/{operation.about}")
            case Kind.READ:
                return Sent(method="GET", path=f"/orders/{operation.about}")
            case Kind.LIST:
                return Sent(method="GET", path="/orders?open=true")
            case Kind.PLACE:
                return Sent(
                    method="POST",
                    path="/orders",
                    headers={"Idempotency-Key": operation.key},
                    body=_order(operation),
                )

    def told(self, operation: Operation, body: Mapping[str, Any]) -> Told:
        """The order's id and its status; of a cancellation the status only, since its id is never told."""
        placed = operation.kind is Kind.PLACE
        return Told(
            entry_id=body.get("order_id") if placed else None,
            became=str(body.get("status", "")),
        )

    def next(self, operation: Operation) -> Sequence[Operation]:
        """Some orders are read, some cancelled, and what was cancelled is read again."""
        if operation.kind is Kind.CANCEL:
            return [_about(operation, Kind.READ, operation.about)]
        order_id = operation.entry_id
        if operation.kind is not Kind.PLACE or order_id is None:
            return []
        number = int(operation.key.rpartition("-")[2])
        wanted = {Kind.CANCEL: CANCELLED_OF, Kind.READ: READ_OF, Kind.LIST: LISTED_OF}
        return [_about(operation, kind, order_id) for kind, each in wanted.items() if number % each == 0]

    def host(self, name: str, _: str) -> str:
        """The public name: its balancer answers for no other."""
        return name


def _about(operation: Operation, kind: Kind, order_id: str) -> Operation:
    """What the client of *operation* wants at once of the order."""
    now = time.time()
    return Operation(
        key=f"{kind}:{order_id}" if kind is Kind.CANCEL else f"{operation.key}:{kind}",
        amount_minor=0,
        currency="",
        due=now,
        started=now,
        kind=kind,
        about=order_id,
    )


def _order(operation: Operation) -> Mapping[str, object]:
    return {
        "side": "buy",
        "symbol": "DRILL",
        "quantity": QUANTITY,
        "limit_minor": operation.amount_minor // QUANTITY,
        "currency": operation.currency,
        "time_in_force": "gtc",
    }
