"""What a test says to the ledger's database beside the ledger, over the ledger's own connection."""

from typing import Any

from durable.ledger import Ledger
from durable.postgresql.asks import rows_of


def run(ledger: Ledger, sql: str, **values: Any) -> list[list[Any]]:
    """The rows; raises what the ledger raises."""
    return rows_of(lambda: ledger._asks._connection.run(sql, **values))
