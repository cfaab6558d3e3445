"""Orders and their cancellations as the journal, the ledger and the outbox know them."""

from durable.book import Book, DurableRequest
from durable.mysql import MySQL
from intake.principal import Principal, scoped
from trading import order
from trading.order import Cancel, Order

# Ids and keys are bytes: see durable.mysql.schema.
_TABLES = """
create table if not exists ledger_orders (
    entry_id varbinary(36) primary key,
    idempotency_key varbinary(512) unique not null,
    request_hash varchar(64) not null,
    cancels varbinary(36),
    side varchar(8),
    symbol varbinary(12),
    quantity bigint check (quantity > 0),
    limit_minor bigint check (limit_minor > 0),
    currency varchar(3),
    time_in_force varchar(8),
    principal varbinary(512) not null default '',
    epoch bigint not null,
    region varchar(32) not null,
    settled_at datetime(6) not null default (utc_timestamp(6)),
    check ((cancels is null) = (side is not null and symbol is not null and quantity is not null
        and limit_minor is not null and currency is not null and time_in_force is not null)),
    index settled (settled_at),
    index cancelled (cancels),
    index of_principal (principal, entry_id)
);
"""


def _ended_by(request: DurableRequest, order_id: str, principal: Principal) -> str | None:
    """The key of an order's cancellation. Cancellations are ended by nothing."""
    return scoped(Cancel(cancels=order_id).key, principal) if isinstance(request, Order) else None


BOOK = Book(
    engine=MySQL(),
    table="ledger_orders",
    columns=order.COLUMNS,
    tables=_TABLES,
    event="OrderSettled",
    id_name="order_id",
    told=("cancels", "symbol"),
    live="""live.cancels is null
    and not exists (select 1 from ledger_orders as later where later.cancels = live.entry_id)""",
    ended_by=_ended_by,
    parse=order.parse,
    read=order.read,
)
