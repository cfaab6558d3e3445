"""The ledger's own tables, without the one of its book, as one script that may run any number of times."""

# Ids and keys are bytes: they compare byte by byte, with trailing spaces, whatever the collation.
# Moments are UTC by themselves, whatever the time zone of who writes.
SCHEMA = """
create table if not exists ledger_fence (
    one tinyint primary key default 1 check (one = 1),
    epoch bigint not null
);
create table if not exists ledger_heartbeat (
    one tinyint primary key default 1 check (one = 1),
    at_ms bigint not null
);
create table if not exists ledger_watermark (
    one tinyint primary key default 1 check (one = 1),
    minute bigint not null
);
create table if not exists ledger_announced (
    epoch bigint primary key
);
create table if not exists ledger_outbox (
    event_id varbinary(36) primary key,
    type varchar(64) not null,
    entry_id varbinary(36) not null,
    noted_at datetime(6) not null default (utc_timestamp(6)),
    published_at datetime(6),
    tries int not null default 0,
    refused_at datetime(6),
    next_at datetime(6),
    parked_at datetime(6),
    index pending (published_at, noted_at)
);
create table if not exists ledger_set_aside (
    idempotency_key varbinary(2048) not null,
    entry_id varbinary(512) not null,
    why varchar(64) not null,
    noted_at datetime(6) not null default (utc_timestamp(6)),
    looked_at datetime(6) not null default (utc_timestamp(6)),
    primary key (idempotency_key, entry_id)
);
"""

LOCK = "select get_lock(concat('ledger.migrate.', database()), %(wait_s)s)"
"""MySQL commits each change of a schema by itself, so two tools at once would meet in the middle."""
UNLOCK = "select release_lock(concat('ledger.migrate.', database()))"
