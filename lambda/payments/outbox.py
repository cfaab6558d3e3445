"""The outbox: what the world must be told, written in the transaction that made it true."""

from collections.abc import Collection
from dataclasses import asdict, dataclass
from uuid import UUID, uuid5

import pg8000.native

from payments import sql

PAYMENT_SETTLED = "PaymentSettled"

_PENDING = """
select outbox.event_id, outbox.type, payments.payment_id, amount_minor, currency, epoch, region,
       to_char(settled_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
from ledger.outbox join ledger.payments using (payment_id)
where published_at is null
order by noted_at
limit :most
"""

_MARK = """
update ledger.outbox set published_at = clock_timestamp()
where published_at is null and event_id = any(cast(:ids as uuid[]))
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class DomainEvent:
    """Something that happened, without personal data: who may know more asks for the payment."""

    event_id: str
    type: str
    payment_id: str
    amount_minor: int
    currency: str
    epoch: int
    region: str
    settled_at: str
    """RFC 3339, UTC."""

    def detail(self) -> dict[str, object]:
        """All of it: `payments.event_bus.Event`."""
        return asdict(self)


def event_id(type_: str, payment_id: str) -> str:
    """The id of the event, which follows from the payment.

    So a payment that is recorded again, in a ledger that lost it with its region, is the same event
    to a consumer that has seen it.
    """
    return str(uuid5(UUID(payment_id), type_))


class Outbox:
    """The events of the ledger behind one open connection.

    Every method raises `DatabaseUnavailable` when the database fails or does not answer in time.
    """

    def __init__(self, connection: pg8000.native.Connection) -> None:
        self._connection = connection

    def pending(self, most: int) -> list[DomainEvent]:
        """The oldest events that were not published."""
        rows = sql.run(self._connection, _PENDING, most=most)
        fields = tuple(DomainEvent.__dataclass_fields__)
        events = [dict(zip(fields, row, strict=True)) for row in rows]
        return [
            DomainEvent(
                **{**event, "event_id": str(event["event_id"]), "payment_id": str(event["payment_id"])}
            )
            for event in events
        ]

    def mark(self, event_ids: Collection[str]) -> None:
        """Note that these were published; doing so twice changes nothing."""
        if event_ids:
            sql.run(self._connection, _MARK, ids=list(event_ids))
