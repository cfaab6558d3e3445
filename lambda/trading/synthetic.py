"""The order by which the platform proves that it can: it is in no money, and there is one an epoch."""

from trading.order import Order, Side, TimeInForce

ORDER = Order(
    side=Side.BUY.value,
    symbol="SYNTHETIC",
    quantity=1,
    limit_minor=1,
    currency="XTS",
    time_in_force=TimeInForce.DAY.value,
)
"""In ISO 4217's code for tests."""


def key(system: str, epoch: int) -> str:
    """Its client order id in an epoch."""
    return f"synthetic-{system}-{epoch}"
