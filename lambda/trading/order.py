"""An order as the client asked for it, its cancellation, and what became of both.

The two are requests of one book, each with an entry of its own. What became of an order follows from which
entries there are, never from the order in which they were recorded: so a replay may record them in any.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from enum import StrEnum
from typing import Any, Self
from uuid import UUID, uuid5

from durable.canonical import canonical, digest

_TERMS = frozenset({"side", "symbol", "quantity", "limit_minor", "currency", "time_in_force"})
_CANCELS = frozenset({"cancels"})


class Side(StrEnum):
    """What is wanted of the symbol."""

    BUY = "buy"
    SELL = "sell"


class TimeInForce(StrEnum):
    """How long the client wants it to stand. It is kept and told; nothing here ends an order by itself."""

    DAY = "day"
    UNTIL_CANCELLED = "gtc"


class OrderState(StrEnum):
    """What became of an order. Nothing here matches orders, so there is no other end than a cancellation."""

    ACCEPTED = "accepted"
    """Journalled in two regions, and not in the ledger yet."""
    OPEN = "open"
    CANCELLED = "cancelled"
    """Its cancellation is journalled in two regions, or in the ledger."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A validated order: so many of a symbol at a limit or better."""

    side: str
    """One of `Side`."""
    symbol: str
    quantity: int
    limit_minor: int
    """For one, in integer minor units of the currency (cents, yen)."""
    currency: str
    """ISO 4217 code."""
    time_in_force: str
    """One of `TimeInForce`."""

    @classmethod
    def parse(cls, text: str) -> Self:
        """The inverse of `canonical`. What newer code added is ignored.

        Raises:
            KeyError, TypeError, ValueError: this is no order, or a field has another type.
        """
        told = json.loads(text)
        order = cls(**{each.name: told[each.name] for each in fields(cls)})
        if any(type(getattr(order, each.name)) is not each.type for each in fields(cls)):
            raise TypeError("a field of another type")
        return order

    def canonical(self) -> str:
        """The one JSON text of this order."""
        return canonical(self, _TERMS)

    def digest(self) -> str:
        """SHA-256 of the canonical text in hexadecimal: two bodies ask for the same order."""
        return digest(self)

    def terms(self) -> dict[str, Any]:
        """Its members in an answer."""
        return asdict(self)

    def row(self) -> dict[str, Any]:
        """Its columns in the ledger."""
        return {"cancels": None, **asdict(self)}

    def stake(self) -> dict[str, int]:
        """Its notional value by its currency."""
        return {self.currency: self.quantity * self.limit_minor}


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancel:
    """A client's wish that an order no longer stands."""

    cancels: str
    """The order's id, a UUID."""

    @classmethod
    def parse(cls, text: str) -> Self:
        """The inverse of `canonical`; raises KeyError, TypeError or ValueError."""
        return cls(cancels=str(UUID(json.loads(text)["cancels"])))

    @property
    def entry_id(self) -> str:
        """The id of its entry. It follows from the order's, so an order has one cancellation at most."""
        return str(uuid5(UUID(self.cancels), "cancel"))

    @property
    def key(self) -> str:
        """Its idempotency key. No client can choose it for an order: no key of theirs has a colon."""
        return f"cancel:{self.cancels}"

    def canonical(self) -> str:
        """The one JSON text of this cancellation."""
        return canonical(self, _CANCELS)

    def digest(self) -> str:
        """SHA-256 of the canonical text in hexadecimal."""
        return digest(self)

    def row(self) -> dict[str, Any]:
        """Its columns in the ledger: it has no terms of its own."""
        return {"cancels": self.cancels, **dict.fromkeys(each.name for each in fields(Order))}

    def stake(self) -> dict[str, int]:
        """Nothing: what it may take back is the order's."""
        return {}


TradeRequest = Order | Cancel
COLUMNS = ("cancels", *(each.name for each in fields(Order)))
"""Those of both in the ledger: either `cancels` is null, or everything else is."""


def parse(text: str) -> TradeRequest:
    """The request of a canonical text; raises KeyError, TypeError or ValueError."""
    return (Cancel if "cancels" in json.loads(text) else Order).parse(text)


def read(row: Mapping[str, Any]) -> TradeRequest:
    """The request of a row."""
    if row["cancels"] is not None:
        return Cancel(cancels=str(row["cancels"]))
    return Order(**{each.name: row[each.name] for each in fields(Order)})


def state(*, recorded: bool, cancelled: bool) -> OrderState:
    """What became of an order that was acknowledged. Pure.

    Args:
        recorded: whether the ledger has it.
        cancelled: whether ledger or journal has its acknowledged cancellation, which no region forgets.
    """
    if cancelled:
        return OrderState.CANCELLED
    return OrderState.OPEN if recorded else OrderState.ACCEPTED
