"""T07: orders and cancellations in a real ledger: what stands follows from what is there, in any order."""

from itertools import permutations
from uuid import uuid4

import pytest

from durable.entry import EntryState, JournalEntry, from_item, to_item
from durable.ledger import Ledger
from durable.outbox import Outbox
from durable.set_aside import NotRecordable
from tests.unit.durable.engines import InMySQL, mysql_server
from tests.unit.trading.conftest import TERMS
from trading.book import BOOK
from trading.order import Cancel, Order

FIRST = "00000000-0000-0000-0000-000000000000"


@pytest.fixture(scope="module")
def server():
    with mysql_server("mysql") as made:
        yield InMySQL(*made, "read committed")


@pytest.fixture
def connection(server):
    server.empty()
    yield server.connect()
    server.close()


@pytest.fixture
def ledger(connection) -> Ledger:
    ledger = Ledger(connection, BOOK)
    ledger.migrate()
    ledger.migrate()
    ledger.raise_fence(1)
    return ledger


def entry(request: Order | Cancel, entry_id: str) -> JournalEntry:
    return JournalEntry(
        idempotency_key=f"key-{entry_id}",
        entry_id=entry_id,
        request_hash=request.digest(),
        request=request,
        epoch=1,
        region="us-east-1",
        state=EntryState.INTENT,
        accepted_at_ms=1_000_000,
    )


def cancellation(order_id: str) -> JournalEntry:
    cancel = Cancel(cancels=order_id)
    return entry(cancel, cancel.entry_id)


def test_T07_in_whatever_order_entries_are_recorded_the_same_orders_are_open(ledger, connection):
    for order in permutations(range(3)):
        kept, gone = str(uuid4()), str(uuid4())
        entries = [entry(Order(**TERMS), kept), entry(Order(**TERMS), gone), cancellation(gone)]
        before = set(ledger.live(principal="", after=FIRST, most=100))
        for place in order:
            ledger.record(entries[place], epoch=1, region="us-east-1")
            ledger.record(entries[place], epoch=1, region="us-east-1")
        assert set(ledger.live(principal="", after=FIRST, most=100)) - before == {kept}


def test_both_kinds_come_back_as_they_were(ledger):
    order_id = str(uuid4())
    for each in (entry(Order(**TERMS), order_id), cancellation(order_id)):
        ledger.record(each, epoch=1, region="us-east-1")
        assert ledger.find(each.entry_id) == each.request
        assert from_item(to_item(each), BOOK) == each


def test_an_event_tells_no_terms(ledger, connection):
    order_id = str(uuid4())
    ledger.record(entry(Order(**TERMS), order_id), epoch=1, region="us-east-1")
    [event] = Outbox(connection, BOOK).pending(10)
    told = event.detail()
    assert (told["type"], told["order_id"], told["symbol"], told["cancels"]) == (
        "OrderSettled",
        order_id,
        "ACME",
        None,
    )
    assert not {"side", "quantity", "limit_minor"} & told.keys()


def test_a_row_is_an_order_or_a_cancellation_and_nothing_between(ledger):
    half = entry(Order(**{**TERMS, "quantity": None}), str(uuid4()))
    with pytest.raises(NotRecordable):
        ledger.record(half, epoch=1, region="us-east-1")
