from durable.outbox import Outbox
from payments.book import BOOK


def test_an_outbox_of_an_older_release_gets_its_columns_and_keeps_its_events(ledger, entry, connect) -> None:
    ledger.record(entry, epoch=1, region="us-east-1")
    outbox = Outbox(connect(), BOOK)
    connect().run(
        "alter table ledger.outbox drop column tries, drop column refused_at, drop column next_at, "
        "drop column parked_at"
    )
    ledger.migrate()
    [event] = outbox.pending(10)
    assert outbox.put_off([event.event_id]) == set()
