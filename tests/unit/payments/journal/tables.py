"""The journal's two tables, emulated, and a clock that stands still."""

TABLE, ARRIVALS = "payments-journal-test", "payments-arrivals-test"
NOW = 1_800_000_030_000
MINUTE = NOW // 60_000
NEVER = 10 * NOW


class Clock:
    """Milliseconds that stand still until a test moves them."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> int:
        return self.now


def create(client) -> None:
    """Both tables, empty."""
    _table(client, TABLE, idempotency_key="HASH")
    _table(client, ARRIVALS, window="HASH", idempotency_key="RANGE")


def _table(client, name: str, **keys: str) -> None:
    client.create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": key, "KeyType": kind} for key, kind in keys.items()],
        AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key in keys],
    )


def keys(entries) -> list[str]:
    return [entry.idempotency_key for entry in entries]
