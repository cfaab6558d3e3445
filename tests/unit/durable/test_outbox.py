"""What an outbox does, in every engine and under every isolation level."""

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
from runtime.database import DatabaseUnavailable


@pytest.fixture
def outbox(ledger, engine) -> Outbox:
    return Outbox(engine.connect(), engine.book)


def settle(ledger: Ledger, entry, number: int = 1):
    changed = replace(entry, idempotency_key=f"order-{number:04}", entry_id=str(uuid4()))
    ledger.record(changed, epoch=1, region="us-east-1")
    return changed


def test_a_settled_entry_is_an_event_without_personal_data(ledger, outbox, entry) -> None:
    ledger.record(entry, epoch=1, region="us-east-1")
    [event] = outbox.pending(10)
    assert (event.type, event.entry_id) == ("PaymentSettled", entry.entry_id)
    assert (event.epoch, event.region) == (1, "us-east-1")
    assert event.told == {"amount_minor": 1250, "currency": "EUR"}
    assert event.settled_at.endswith("Z")
    assert not [name for name in ("Ada", "Grace", "invoice") if name in str(event)]


def test_an_entry_that_was_not_settled_now_is_no_event(ledger, outbox, entry) -> None:
    ledger.record(entry, epoch=1, region="us-east-1")
    ledger.record(entry, epoch=1, region="us-east-1")
    with pytest.raises(StaleEpoch):
        ledger.record(replace(entry, idempotency_key="order-0002"), epoch=9, region="us-east-1")
    assert len(outbox.pending(10)) == 1


def test_entry_and_event_are_one_transaction(ledger, outbox, engine, entry) -> None:
    engine.run(engine.connect(), "drop table {ledger}outbox")
    with pytest.raises(DatabaseUnavailable, match=r"42P01|1146"):
        ledger.record(entry, epoch=1, region="us-east-1")
    assert ledger.find(entry.entry_id) is None


def test_the_oldest_come_first_and_no_more_than_asked_for(ledger, outbox, entry) -> None:
    settled = [settle(ledger, entry, number).entry_id for number in range(5)]
    assert [event.entry_id for event in outbox.pending(3)] == settled[:3]


def test_what_is_marked_is_pending_no_more(ledger, outbox, engine, entry) -> None:
    for number in range(3):
        settle(ledger, entry, number)
    first, second, third = outbox.pending(10)
    outbox.mark([first.event_id, third.event_id])
    outbox.mark([])
    assert outbox.pending(10) == [second]
    marks = "select count(*) from {ledger}outbox where published_at is not null"
    [[before]] = engine.run(engine.connect(), "select max(published_at) from {ledger}outbox")
    outbox.mark([first.event_id])
    assert engine.run(engine.connect(), marks) == [[2]]
    assert engine.run(engine.connect(), "select max(published_at) from {ledger}outbox") == [[before]]


def test_an_entry_recorded_again_in_another_ledger_is_the_same_event(ledger, outbox, engine, entry) -> None:
    ledger.record(entry, epoch=1, region="us-east-1")
    [before] = outbox.pending(10)
    engine.run(engine.connect(), "delete from {table}")
    engine.run(engine.connect(), "delete from {ledger}outbox")
    ledger.raise_fence(2)
    ledger.record(entry, epoch=2, region="us-west-2")
    [after] = outbox.pending(10)
    assert after.event_id == before.event_id == event_id(engine.book.event, entry.entry_id)
    assert UUID(after.event_id) != UUID(entry.entry_id)


def test_a_ledger_of_an_older_release_gets_its_outbox(ledger, outbox, engine, entry) -> None:
    engine.run(engine.connect(), "drop table {ledger}outbox")
    ledger.migrate()
    ledger.migrate()
    ledger.record(entry, epoch=1, region="us-east-1")
    assert len(outbox.pending(10)) == 1


# what the bus refuses


def test_a_refused_event_lets_the_others_pass_and_comes_again(ledger, outbox, engine, entry) -> None:
    for number in range(3):
        settle(ledger, entry, number)
    first, second, third = outbox.pending(10)
    assert outbox.put_off([first.event_id]) == set()
    assert outbox.put_off([]) == set()
    assert outbox.pending(10) == [second, third]
    engine.later(engine.connect(), FIRST_PAUSE_S)
    assert outbox.pending(10) == [first, second, third]


def test_its_pauses_grow_up_to_the_longest(ledger, outbox, engine, entry) -> None:
    settle(ledger, entry)
    [event] = outbox.pending(1)
    pauses = []
    for _ in range(14):
        outbox.put_off([event.event_id])
        pauses.append(engine.next_try(engine.connect()))
    assert [round(pause / 60) for pause in pauses[:5]] == [1, 2, 4, 8, 15]
    assert round(pauses[-1] / 60) == LONGEST_PAUSE_S / 60


def test_an_event_that_was_refused_for_a_day_is_parked_until_a_person_acts(ledger, outbox, engine, entry):
    settle(ledger, entry)
    [event] = outbox.pending(1)
    outbox.put_off([event.event_id])
    engine.later(engine.connect(), PARKED_AFTER_S - 60)
    assert outbox.put_off([event.event_id]) == set()
    engine.later(engine.connect(), 61)
    assert outbox.put_off([event.event_id]) == {event.event_id}
    engine.later(engine.connect(), PARKED_AFTER_S)
    assert (outbox.pending(1), outbox.waiting()) == ([], Waiting(oldest_ms=0, parked=1))
    outbox.try_parked()
    assert (outbox.pending(1), outbox.waiting().parked) == ([event], 0)
    assert outbox.put_off([event.event_id]) == set()


def test_the_age_is_that_of_the_oldest_event_that_waits(ledger, outbox, engine, entry) -> None:
    assert outbox.waiting() == Waiting(oldest_ms=0, parked=0)
    settle(ledger, entry, 1)
    engine.later(engine.connect(), 100)
    settle(ledger, entry, 2)
    first, _ = outbox.pending(2)
    outbox.put_off([first.event_id])
    assert 100_000 <= outbox.waiting().oldest_ms < 130_000
    outbox.mark([first.event_id])
    assert outbox.waiting().oldest_ms < 100_000
