"""Payments as the journal, the ledger and the outbox know them."""

from dataclasses import fields

from durable.book import Book
from durable.postgresql import PostgreSQL
from payments.payment import PaymentRequest

# A column or an index is looked for first: to create it "if not exists" stops writers even if it is there.
_TABLES = """
create table if not exists ledger.payments (
    entry_id uuid primary key,
    idempotency_key text unique not null,
    request_hash text not null,
    amount_minor bigint not null check (amount_minor > 0),
    currency char(3) not null,
    debtor text not null,
    creditor text not null,
    reference text not null,
    principal text not null default '',
    epoch bigint not null,
    region text not null,
    settled_at timestamptz not null default clock_timestamp()
);
do $$ begin
    if not exists (
        select from pg_attribute where attrelid = 'ledger.payments'::regclass and attname = 'principal'
    ) then
        alter table ledger.payments add column principal text not null default '';
    end if;
    if to_regclass('ledger.payments_settled') is null then
        create index payments_settled on ledger.payments (settled_at);
    end if;
end $$;
"""

BOOK = Book(
    engine=PostgreSQL(),
    table="ledger.payments",
    columns=tuple(field.name for field in fields(PaymentRequest)),
    tables=_TABLES,
    event="PaymentSettled",
    id_name="payment_id",
    told=("amount_minor", "currency"),
    parse=PaymentRequest.parse,
    read=lambda row: PaymentRequest(**row),
)
