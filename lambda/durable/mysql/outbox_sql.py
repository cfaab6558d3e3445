"""The statements of the outbox, whatever the book: one a `durable.engine.Ask`."""

from durable.mysql.scripts import transaction

PENDING = """
select outbox.event_id, outbox.type, outbox.entry_id, book.epoch, book.region,
       concat(replace(book.settled_at, ' ', 'T'), 'Z'), {told}
from ledger_outbox as outbox join {table} as book on book.entry_id = outbox.entry_id
where outbox.published_at is null and outbox.parked_at is null
  and (outbox.next_at is null or outbox.next_at <= utc_timestamp(6))
order by outbox.noted_at
limit %(most)s
"""

PUBLISHED = """
update ledger_outbox set published_at = utc_timestamp(6)
where published_at is null and event_id in %(ids)s
"""

# MySQL assigns from the left and reads what it has assigned: what looks at an old value comes first.
PUT_OFF = transaction(
    """
    update ledger_outbox set
        parked_at = case
            when refused_at <= utc_timestamp(6) - interval %(day)s second then utc_timestamp(6) end,
        next_at = utc_timestamp(6)
            + interval least(%(longest)s, %(first)s * pow(2, least(tries, 10))) second,
        refused_at = coalesce(refused_at, utc_timestamp(6)),
        tries = tries + 1
    where published_at is null and event_id in %(ids)s;
    """,
    """
    select event_id, parked_at is not null from ledger_outbox
    where published_at is null and event_id in %(ids)s
    """,
)

TRY_PARKED = """
update ledger_outbox set parked_at = null, refused_at = null, next_at = null, tries = 0
where published_at is null and parked_at is not null
"""

WAITING = """
select timestampdiff(
           microsecond, min(case when parked_at is null then noted_at end), utc_timestamp(6)) div 1000,
       count(parked_at)
from ledger_outbox where published_at is null
"""
