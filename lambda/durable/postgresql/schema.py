"""The ledger's own tables, without the one of its book, as one script that may run any number of times."""

# Run without parameters the script is one implicit transaction. The lock makes two regions'
# tools that migrate at once wait for each other: `create ... if not exists` alone can still collide.
# An index or a column is looked for first: to create it "if not exists" stops writers even if it is there.
#
# The fence is one advisory lock (ADR 13). Whoever writes holds it shared, from before it reads the epoch
# until it has committed. Whoever changes the fence waits until nobody does: by a trigger, so that older code
# and people who type SQL wait too. In a volatile function each statement sees what was committed before it
# began, so a writer that waited for the lock reads the epoch that it waited for. Nothing is locked on disk:
# a row lock that many share uses up a multixact for every writer that joins.
SCHEMA = """
select pg_advisory_xact_lock(hashtext('ledger.migrate'));
create schema if not exists ledger;
create table if not exists ledger.fence (
    "only" boolean primary key default true check ("only"),
    epoch bigint not null
);
create table if not exists ledger.heartbeat (
    "only" boolean primary key default true check ("only"),
    at_ms bigint not null
);
create table if not exists ledger.watermark (
    "only" boolean primary key default true check ("only"),
    minute bigint not null
);
create table if not exists ledger.announced (
    epoch bigint primary key
);
create table if not exists ledger.outbox (
    event_id uuid primary key,
    type text not null,
    entry_id uuid not null,
    noted_at timestamptz not null default clock_timestamp(),
    published_at timestamptz
);
create table if not exists ledger.set_aside (
    idempotency_key text not null,
    entry_id text not null,
    why text not null,
    noted_at timestamptz not null default clock_timestamp(),
    looked_at timestamptz not null default clock_timestamp(),
    primary key (idempotency_key, entry_id)
);
do $$ begin
    if to_regprocedure('ledger.admit(bigint)') is null then
        create function ledger.admit(wanted bigint) returns boolean language plpgsql volatile as $admit$
        begin
            if current_setting('transaction_read_only')::boolean then
                raise exception 'no writer' using errcode = '25006';
            end if;
            perform pg_advisory_xact_lock_shared(hashtext('ledger.fence'));
            return exists (select from ledger.fence where epoch = wanted);
        end $admit$;
        create function ledger.close() returns trigger language plpgsql as $close$
        begin
            perform pg_advisory_xact_lock(hashtext('ledger.fence'));
            return null;
        end $close$;
        create trigger close before insert or update or delete or truncate on ledger.fence
            for each statement execute function ledger.close();
    end if;
    if not exists (
        select from pg_attribute where attrelid = 'ledger.outbox'::regclass and attname = 'parked_at'
    ) then
        alter table ledger.outbox
            add column tries integer not null default 0,
            add column refused_at timestamptz,
            add column next_at timestamptz,
            add column parked_at timestamptz;
    end if;
    if to_regclass('ledger.outbox_pending') is null then
        create index outbox_pending on ledger.outbox (noted_at) where published_at is null;
    end if;
end $$;
"""
