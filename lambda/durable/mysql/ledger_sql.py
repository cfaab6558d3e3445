"""The statements of the ledger, whatever its book: one a `durable.engine.Ask`."""

from durable.mysql.scripts import admitted, transaction

FENCE = "select epoch from ledger_fence"
HEARTBEAT = "select at_ms from ledger_heartbeat"
WATERMARK = "select minute from ledger_watermark"
ANNOUNCED = "select epoch from ledger_announced where epoch = %(epoch)s"
NOTED = "select event_id from ledger_outbox where event_id in %(ids)s"
ADMITS = admitted("", "select @admitted = 1, @@read_only or @@innodb_read_only")

# Two writers of one entry meet at either unique index; the later one changes nothing.
RECORD = admitted(
    """
    insert into {table} (entry_id, idempotency_key, request_hash, {columns}, principal, epoch, region)
        select %(entry_id)s, %(idempotency_key)s, %(request_hash)s, {values}, %(principal)s, %(epoch)s,
               %(region)s
        from dual where @admitted = 1
        on duplicate key update entry_id = {table}.entry_id;
    set @written = row_count();
    insert into ledger_outbox (event_id, type, entry_id)
        select %(event_id)s, %(event)s, %(entry_id)s from dual where @written = 1;
    """,
    "select @admitted, @written",
)

RAISE_FENCE = transaction(
    """
    insert into ledger_fence (one, epoch) values (1, %(epoch)s)
        on duplicate key update epoch = greatest(epoch, %(epoch)s);
    select epoch into @fence from ledger_fence where one = 1 lock in share mode;
    """,
    "select @fence from dual where @fence = %(epoch)s",
)

BEAT = admitted(
    """
    insert into ledger_heartbeat (one, at_ms) select 1, %(now_ms)s from dual where @admitted = 1
        on duplicate key update at_ms = greatest(at_ms, %(now_ms)s);
    select max(at_ms) into @beat from ledger_heartbeat lock in share mode;
    """,
    "select @beat from dual where @admitted = 1",
)

MARK = admitted(
    """
    insert into ledger_watermark (one, minute) select 1, %(minute)s from dual where @admitted = 1
        on duplicate key update minute = greatest(minute, %(minute)s);
    select max(minute) into @mark from ledger_watermark lock in share mode;
    """,
    "select @mark from dual where @admitted = 1",
)

FORGET_WATERMARK = admitted(
    """
    select max(minute) into @gone from ledger_watermark
        where minute > %(minute)s and @admitted = 1 for update;
    delete from ledger_watermark where minute = @gone;
    """,
    "select @gone from dual where @gone is not null",
)

ANNOUNCE = admitted(
    """
    insert into ledger_announced (epoch) select %(epoch)s from dual where @admitted = 1
        on duplicate key update epoch = ledger_announced.epoch;
    """
)

FIND = "select {columns} from {table} where entry_id = %(entry_id)s and principal = %(principal)s"

LIVE = """
select entry_id, {columns} from {table} as live
where principal = %(principal)s and entry_id > %(after)s and {live}
order by entry_id limit %(most)s
"""

SAME = """
select idempotency_key, entry_id, request_hash from {table}
where idempotency_key = %(key)s or entry_id = %(entry_id)s
"""

_ROW = """
select idempotency_key, entry_id, request_hash,
       timestampdiff(microsecond, timestamp'1970-01-01 00:00:00', settled_at) div 1000
from {table}
"""
_IN_MINUTE = """
where settled_at >= timestamp'1970-01-01 00:00:00' + interval %(minute)s minute
  and settled_at < timestamp'1970-01-01 00:00:00' + interval %(minute)s + 1 minute
"""

NEWEST = _ROW + "order by settled_at desc limit %(most)s"
FIRST_IN = _ROW + _IN_MINUTE + "order by settled_at limit %(most)s"
LAST_IN = _ROW + _IN_MINUTE + "order by settled_at desc limit %(most)s"

RECORDED = "select idempotency_key, entry_id, request_hash from {table} where idempotency_key in %(keys)s"

EXAMINED = """
select idempotency_key, entry_id, request_hash, principal, ({live}), {columns} from {table} as live
where idempotency_key in %(keys)s
"""

SET_ASIDE = admitted(
    """
    insert into ledger_set_aside (idempotency_key, entry_id, why)
        select %(key)s, %(entry_id)s, %(why)s from dual where @admitted = 1
        on duplicate key update why = %(why)s, looked_at = utc_timestamp(6);
    """,
    "select %(why)s from dual where @admitted = 1",
)

ASIDE = """
select idempotency_key, entry_id, why from ledger_set_aside
order by looked_at, idempotency_key limit %(most)s
"""

TAKE_OFF = admitted("delete from ledger_set_aside where idempotency_key = %(key)s and @admitted = 1;")
