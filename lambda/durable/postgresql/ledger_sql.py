"""The statements of the ledger, whatever its book: one a `durable.engine.Ask`.

Those that write hold the fence still: `ledger.admit`.
"""

FENCE = "select epoch from ledger.fence"
HEARTBEAT = "select at_ms from ledger.heartbeat"
WATERMARK = "select minute from ledger.watermark"
ANNOUNCED = "select epoch from ledger.announced where epoch = :epoch"
NOTED = "select event_id from ledger.outbox where event_id = any(cast(:ids as uuid[]))"
ADMITS = "select ledger.admit(:epoch)"

# No conflict target: two writers of one entry meet at either unique index, and naming only the key's
# lets the other one's violation through.
RECORD = """
with fence as materialized (select cast(:epoch as bigint) as epoch where ledger.admit(:epoch)),
     written as (
        insert into {table} (entry_id, idempotency_key, request_hash, {columns}, principal, epoch, region)
        select cast(:entry_id as uuid), :idempotency_key, :request_hash, {values}, :principal, fence.epoch,
               :region
        from fence
        on conflict do nothing
        returning entry_id),
     noted as (
        insert into ledger.outbox (event_id, type, entry_id)
        select cast(:event_id as uuid), :event, entry_id from written)
select (select count(*) from fence), (select count(*) from written)
"""

RAISE_FENCE = """
insert into ledger.fence as fence (epoch) values (:epoch)
on conflict ("only") do update set epoch = excluded.epoch where fence.epoch <= excluded.epoch
returning epoch
"""

BEAT = """
insert into ledger.heartbeat as heartbeat (at_ms) select cast(:now_ms as bigint) where ledger.admit(:epoch)
on conflict ("only") do update set at_ms = greatest(heartbeat.at_ms, excluded.at_ms)
returning at_ms
"""

MARK = """
insert into ledger.watermark as watermark (minute) select cast(:minute as bigint) where ledger.admit(:epoch)
on conflict ("only") do update set minute = greatest(watermark.minute, excluded.minute)
returning minute
"""

FORGET_WATERMARK = """
delete from ledger.watermark where minute > cast(:minute as bigint) and ledger.admit(:epoch)
returning minute
"""

ANNOUNCE = """
insert into ledger.announced (epoch) select cast(:epoch as bigint) where ledger.admit(:epoch)
on conflict do nothing
"""

FIND = """
select {columns}
from {table} where entry_id = cast(:entry_id as uuid) and principal = :principal
"""

LIVE = """
select entry_id, {columns} from {table} as live
where principal = :principal and entry_id > cast(:after as uuid) and {live}
order by entry_id limit :most
"""

SAME = """
select idempotency_key, entry_id, request_hash from {table}
where idempotency_key = :key or entry_id = cast(:entry_id as uuid)
"""

_ROW = """
select idempotency_key, entry_id, request_hash, cast(extract(epoch from settled_at) * 1000 as bigint)
from {table}
"""
_IN_MINUTE = """
where settled_at >= to_timestamp(cast(:minute as bigint) * 60)
  and settled_at < to_timestamp(cast(:minute as bigint) * 60 + 60)
"""

NEWEST = _ROW + "order by settled_at desc limit :most"
FIRST_IN = _ROW + _IN_MINUTE + "order by settled_at limit :most"
LAST_IN = _ROW + _IN_MINUTE + "order by settled_at desc limit :most"

RECORDED = """
select idempotency_key, entry_id, request_hash from {table} where idempotency_key = any(:keys)
"""

EXAMINED = """
select idempotency_key, entry_id, request_hash, principal, ({live}), {columns} from {table} as live
where idempotency_key = any(:keys)
"""

SET_ASIDE = """
insert into ledger.set_aside as kept (idempotency_key, entry_id, why)
select :key, :entry_id, :why where ledger.admit(:epoch)
on conflict (idempotency_key, entry_id) do update set why = excluded.why, looked_at = clock_timestamp()
returning why
"""

ASIDE = """
select idempotency_key, entry_id, why from ledger.set_aside order by looked_at, idempotency_key limit :most
"""

TAKE_OFF = """
delete from ledger.set_aside where idempotency_key = :key and ledger.admit(:epoch)
"""
