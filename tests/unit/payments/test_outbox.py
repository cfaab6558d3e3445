from dataclasses import replace
from uuid import UUID, uuid4

import pytest

from durable.ledger import Ledger
from durable.outbox import (
    FIRST_PAUSE_S,
    LONGEST_PAUSE_S,
    PARKED_AFTER_S,
    Outbox,
    Waiting,
    event_id,
)
from failover.ports import StaleEpoch
from payments.book import BOOK
from runtime.database import DatabaseUnavailable


@pytest.fixture
def outbox(ledger, connect) -> Outbox:
    return Outbox(connect(), BOOK)


def settle(ledger: Ledger, entry, number: int = 1):
    changed = replace(entry, idempotency_key=f"order-{number:04}", entry_id=str(uuid4()))
    ledger.record(changed, epoch=1, region="us-east-1")
    return changed


def test_a_settled_payment_is_an_event_without_personal_data(ledger, outbox, entry) -> None:
    ledger.record(entry, epoch=1, region="us-east-1")
    [event] = outbox.pending(10)
    assert (event.type, event.entry_id) == ("PaymentSettled", entry.entry_id)
    assert (event.epoch, event.region) == (1, "us-east-1")
    assert event.told == {"amount_minor": 1250, "currency": "EUR"}
    assert event.settled_at.endswith("Z")
    assert not [name for name in ("Ada", "Grace", "invoice") if name in str(event)]


def test_a_payment_that_was_not_settled_now_is_no_event(ledger, outbox, entry) -> None:
    ledger.record(entry, epoch=1, region="us-east-1")
    ledger.record(entry, epoch=1, region="us-east-1")
    with pytest.raises(StaleEpoch):
        ledger.record(replace(entry, idempotency_key="order-0002"), epoch=9, region="us-east-1")
    assert len(outbox.pending(10)) == 1


def test_payment_and_event_are_one_transaction(ledger, outbox, entry, connect) -> None:
    connect().run("drop table ledger.outbox")
    with pytest.raises(DatabaseUnavailable, match="42P01"):
        ledger.record(entry, epoch=1, region="us-east-1")
    assert ledger.find(entry.entry_id) is None


def test_the_oldest_come_first_and_no_more_than_asked_for(ledger, outbox, entry) -> None:
    settled = [settle(ledger, entry, number).entry_id for number in range(5)]
    assert [event.entry_id for event in outbox.pending(3)] == settled[:3]


def test_what_is_marked_is_pending_no_more(ledger, outbox, entry, connect) -> None:
    for number in range(3):
        settle(ledger, entry, number)
    first, second, third = outbox.pending(10)
    outbox.mark([first.event_id, third.event_id])
    outbox.mark([])
    assert outbox.pending(10) == [second]
    marks = "select count(*) from ledger.outbox where published_at is not null"
    [[before]] = connect().run("select max(published_at) from ledger.outbox")
    outbox.mark([first.event_id])
    assert connect().run(marks) == [[2]]
    assert connect().run("select max(published_at) from ledger.outbox") == [[before]]


def test_a_payment_recorded_again_in_another_ledger_is_the_same_event(ledger, outbox, entry, connect) -> None:
    ledger.record(entry, epoch=1, region="us-east-1")
    [before] = outbox.pending(10)
    connect().run("truncate ledger.payments, ledger.outbox")
    ledger.raise_fence(2)
    ledger.record(entry, epoch=2, region="us-west-2")
    [after] = outbox.pending(10)
    assert after.event_id == before.event_id == event_id(BOOK.event, entry.entry_id)
    assert UUID(after.event_id) != UUID(entry.entry_id)


def test_a_ledger_of_an_older_release_gets_its_outbox(ledger, outbox, entry, connect) -> None:
    connect().run("drop table ledger.outbox")
    ledger.migrate()
    ledger.migrate()
    ledger.record(entry, epoch=1, region="us-east-1")
    assert len(outbox.pending(10)) == 1


def test_migrating_again_waits_for_no_writer(ledger, entry, connect) -> None:
    writer = connect()
    writer.run("begin")
    Ledger(writer, BOOK).record(entry, epoch=1, region="us-east-1")
    other = connect()
    other.run("set lock_timeout = '200ms'")
    Ledger(other, BOOK).migrate()
    writer.run("commit")


# what the bus refuses


def later(connect, seconds: int) -> None:
    """As if so much time had passed since everything in the outbox."""
    connect().run(
        "update ledger.outbox set next_at = next_at - make_interval(secs => :s), "
        "refused_at = refused_at - make_interval(secs => :s), "
        "noted_at = noted_at - make_interval(secs => :s)",
        s=seconds,
    )


def test_a_refused_event_lets_the_others_pass_and_comes_again(ledger, outbox, entry, connect) -> None:
    for number in range(3):
        settle(ledger, entry, number)
    first, second, third = outbox.pending(10)
    assert outbox.put_off([first.event_id]) == set()
    assert outbox.put_off([]) == set()
    assert outbox.pending(10) == [second, third]
    later(connect, FIRST_PAUSE_S)
    assert outbox.pending(10) == [first, second, third]


def test_its_pauses_grow_up_to_the_longest(ledger, outbox, entry, connect) -> None:
    settle(ledger, entry)
    [event] = outbox.pending(1)
    pauses = []
    for _ in range(14):
        outbox.put_off([event.event_id])
        pauses += connect().run(
            "select round(extract(epoch from next_at - clock_timestamp()) / 60) from ledger.outbox"
        )[0]
    assert [float(pause) for pause in pauses[:5]] == [1, 2, 4, 8, 15]
    assert float(pauses[-1]) == LONGEST_PAUSE_S / 60


def test_an_event_that_was_refused_for_a_day_is_parked_until_a_person_acts(ledger, outbox, entry, connect):
    settle(ledger, entry)
    [event] = outbox.pending(1)
    outbox.put_off([event.event_id])
    later(connect, PARKED_AFTER_S - 60)
    assert outbox.put_off([event.event_id]) == set()
    later(connect, 61)
    assert outbox.put_off([event.event_id]) == {event.event_id}
    later(connect, PARKED_AFTER_S)
    assert (outbox.pending(1), outbox.waiting()) == ([], Waiting(oldest_ms=0, parked=1))
    outbox.try_parked()
    assert (outbox.pending(1), outbox.waiting().parked) == ([event], 0)
    assert outbox.put_off([event.event_id]) == set()


def test_the_age_is_that_of_the_oldest_event_that_waits(ledger, outbox, entry, connect) -> None:
    assert outbox.waiting() == Waiting(oldest_ms=0, parked=0)
    settle(ledger, entry, 1)
    later(connect, 100)
    settle(ledger, entry, 2)
    first, _ = outbox.pending(2)
    outbox.put_off([first.event_id])
    assert 100_000 <= outbox.waiting().oldest_ms < 130_000
    outbox.mark([first.event_id])
    assert outbox.waiting().oldest_ms < 100_000


def test_an_outbox_of_an_older_release_gets_its_columns_and_keeps_its_events(
    ledger, outbox, entry, connect
) -> None:
    settle(ledger, entry)
    connect().run(
        "alter table ledger.outbox drop column tries, drop column refused_at, drop column next_at, "
        "drop column parked_at"
    )
    ledger.migrate()
    [event] = outbox.pending(10)
    assert outbox.put_off([event.event_id]) == set()
