"""The statements of the outbox, whatever the book: one an `durable.engine.Ask`."""

PENDING = """
select outbox.event_id, outbox.type, entry_id, epoch, region,
       to_char(settled_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), {told}
from ledger.outbox join {table} using (entry_id)
where published_at is null and parked_at is null and coalesce(next_at <= clock_timestamp(), true)
order by noted_at
limit :most
"""

PUBLISHED = """
update ledger.outbox set published_at = clock_timestamp()
where published_at is null and event_id = any(cast(:ids as uuid[]))
"""

PUT_OFF = """
update ledger.outbox set
    tries = tries + 1,
    refused_at = coalesce(refused_at, clock_timestamp()),
    next_at = clock_timestamp() + make_interval(secs =>
        least(cast(:longest as double precision), cast(:first as double precision) * 2 ^ least(tries, 10))),
    parked_at = case
        when refused_at <= clock_timestamp() - make_interval(secs => cast(:day as double precision))
        then clock_timestamp() end
where published_at is null and event_id = any(cast(:ids as uuid[]))
returning event_id, parked_at is not null
"""

TRY_PARKED = """
update ledger.outbox set parked_at = null, refused_at = null, next_at = null, tries = 0
where published_at is null and parked_at is not null
"""

WAITING = """
select cast(extract(epoch from clock_timestamp() - min(noted_at) filter (where parked_at is null)) * 1000
            as bigint),
       count(*) filter (where parked_at is not null)
from ledger.outbox where published_at is null
"""
