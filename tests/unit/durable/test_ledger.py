"""What a ledger does, in every engine and under every isolation level."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from uuid import UUID, uuid4

import pytest

from durable.engine import Ask, Refusal, StatementRefused
from durable.ledger import Examined, Ledger
from durable.set_aside import NotRecordable, SetAside, Why
from failover.ports import StaleEpoch
from runtime.database import DatabaseUnavailable
from tests.unit.durable.engines import book_by_hand

ONE = SetAside(idempotency_key="order-0001", entry_id="id-1", why=Why.CONTRADICTED)


def rows(engine) -> list[tuple[object, ...]]:
    found = engine.run(engine.connect(), "select idempotency_key, epoch, region from {table}")
    return sorted(tuple(row) for row in found)


def another(entry, key: str):
    return replace(entry, idempotency_key=key, entry_id=str(uuid4()))


def test_two_may_migrate_at_once_and_again(engine) -> None:
    ledgers = [Ledger(engine.connect(), engine.book) for _ in range(6)]
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(Ledger.migrate, ledgers))
    ledgers[0].migrate()
    assert ledgers[0].fence_epoch() is None


def test_migrating_keeps_what_is_there(ledger, entry) -> None:
    ledger.record(entry, epoch=1, region="us-east-1")
    ledger.migrate()
    assert (ledger.fence_epoch(), ledger.find(entry.entry_id)) == (1, entry.request)


def test_migrating_again_waits_for_no_writer(engine, ledger, entry) -> None:
    writer = engine.connect()
    engine.begin(writer)
    tables = [f"{{ledger}}{name}" for name in ("fence", "heartbeat", "watermark", "outbox", "set_aside")]
    for table in (*tables, "{table}"):
        engine.run(writer, f"delete from {table}")  # noqa: S608
    with ThreadPoolExecutor(1) as pool:
        pool.submit(Ledger(engine.connect(), engine.book).migrate).result(5)
    engine.run(writer, "rollback")


def test_the_fence_rises_and_is_never_lowered(ledger) -> None:
    ledger.raise_fence(5)
    ledger.raise_fence(5)
    with pytest.raises(StaleEpoch, match=r"epoch 4$"):
        ledger.raise_fence(4)
    assert ledger.fence_epoch() == 5


def test_there_is_one_fence(engine, ledger) -> None:
    only = "one, epoch) values (2" if "ledger_" in engine.book.table else '"only", epoch) values (false'
    with pytest.raises(Exception, match=r"23514|3819|4025"):
        engine.run(engine.connect(), f"insert into {{ledger}}fence ({only}, 2)")
    with pytest.raises(Exception, match=r"23505|1062"):
        engine.run(engine.connect(), "insert into {ledger}fence (epoch) values (2)")


def test_the_heartbeat_is_of_the_epoch_that_may_write_and_never_goes_back(ledger) -> None:
    assert ledger.heartbeat() is None
    ledger.beat(1, now_ms=5)
    ledger.beat(1, now_ms=4)
    assert ledger.heartbeat() == 5
    with pytest.raises(StaleEpoch, match=r"epoch 2$"):
        ledger.beat(2, now_ms=6)
    assert ledger.heartbeat() == 5


def test_the_watermark_is_of_the_epoch_that_may_write_and_never_goes_back(engine, ledger) -> None:
    assert ledger.watermark() is None
    ledger.advance_watermark(5, epoch=1)
    ledger.advance_watermark(4, epoch=1)
    assert ledger.watermark() == 5
    with pytest.raises(StaleEpoch, match=r"epoch 2$"):
        ledger.advance_watermark(6, epoch=2)
    ledger.migrate()
    assert Ledger(engine.connect(), engine.book).watermark() == 5


def test_beats_and_marks_of_many_at_once_never_go_back(engine, ledger) -> None:
    writers = [Ledger(engine.connect(), engine.book) for _ in range(4)]
    together, seen = threading.Barrier(4), []

    def write(number: int) -> None:
        for turn in range(15):
            together.wait(10)
            writers[number].beat(1, now_ms=turn * 10 + number)
            writers[number].advance_watermark(turn * 10 + number, epoch=1)
            seen.append((turn * 10 + number, writers[number].heartbeat(), writers[number].watermark()))

    with ThreadPoolExecutor(4) as pool:
        for writer in [pool.submit(write, number) for number in range(4)]:
            writer.result(60)
    assert [each for each in seen if each[1] < each[0] or each[2] < each[0]] == []
    assert (ledger.heartbeat(), ledger.watermark()) == (143, 143)


def test_a_watermark_beyond_a_minute_is_forgotten_by_the_epoch_that_may_write(ledger) -> None:
    assert not ledger.forget_watermark(after=5, epoch=1)
    ledger.advance_watermark(6, epoch=1)
    assert not ledger.forget_watermark(after=5, epoch=2)
    assert not ledger.forget_watermark(after=6, epoch=1)
    assert ledger.watermark() == 6
    assert ledger.forget_watermark(after=5, epoch=1)
    assert ledger.watermark() is None


def test_the_newest_entries_are_those_that_came_last(ledger, entry) -> None:
    for n in (1, 2, 3):
        ledger.record(another(entry, f"key-{n}"), epoch=1, region="r")
    assert list(ledger.newest(2)) == ["key-3", "key-2"]
    assert list(ledger.newest(9)) == ["key-3", "key-2", "key-1"]


def test_the_first_and_the_last_entries_of_a_minute_are_those_that_were_settled_in_it(
    engine, ledger, entry
) -> None:
    for n in range(4):
        ledger.record(another(entry, f"key-{n}"), epoch=1, region="r")
        engine.settle_at(engine.connect(), f"key-{n}", (59.999, 60.0, 119.999, 120.0)[n])
    assert list(ledger.settled_in(1, 9, last=False)) == ["key-1", "key-2"]
    assert list(ledger.settled_in(1, 9, last=True)) == ["key-2", "key-1"]
    assert [list(ledger.settled_in(1, 1, last=last)) for last in (False, True)] == [["key-1"], ["key-2"]]
    assert ledger.settled_in(1, 1, last=True)["key-2"].settled_at_ms == 119_999
    assert ledger.settled_in(3, 9, last=True) == {}


def test_a_recorded_entry_is_found_and_known(ledger, entry) -> None:
    ledger.record(entry, epoch=1, region="us-east-1")
    assert ledger.find(entry.entry_id) == entry.request
    assert ledger.recorded([entry.idempotency_key, "another-key"]) == {entry.idempotency_key: entry.identity}
    (row,) = ledger.newest(1).values()
    assert row.identity == entry.identity
    assert abs(row.settled_at_ms - time.time() * 1000) < 60_000
    assert ledger.recorded([]) == {}


def test_who_did_not_ask_for_it_does_not_find_it(ledger, entry) -> None:
    ledger.record(replace(entry, principal="ada"), epoch=1, region="us-east-1")
    found = [ledger.find(entry.entry_id, principal=who) for who in ("ada", "Ada", "ada ", "")]
    assert found == [entry.request, None, None, None]
    assert ledger.find(str(uuid4()), principal="ada") is None


def test_an_entry_that_was_booked_by_hand_is_not_noted(engine, ledger, entry) -> None:
    ledger.record(entry, epoch=1, region="us-east-1")
    by_hand = str(uuid4())
    book_by_hand(engine, engine.connect(), by_hand, "manual-1")
    assert list(ledger.newest(1)) == ["manual-1"]
    assert ledger.noted([by_hand, entry.entry_id]) == {entry.entry_id}
    assert ledger.noted([]) == set()


def test_a_second_record_under_the_key_changes_nothing(engine, ledger, entry) -> None:
    ledger.record(entry, epoch=1, region="us-east-1")
    ledger.raise_fence(2)
    ledger.record(entry, epoch=2, region="us-west-2")
    assert rows(engine) == [("order-0001", 1, "us-east-1")]


def test_a_replayed_entry_carries_the_epoch_of_its_writer(engine, ledger, entry) -> None:
    ledger.raise_fence(3)
    ledger.record(entry, epoch=3, region="us-west-2")
    assert rows(engine) == [("order-0001", 3, "us-west-2")]


@pytest.mark.parametrize("epoch", [1, 3])
def test_a_writer_of_another_epoch_writes_nothing(engine, ledger, entry, epoch) -> None:
    ledger.raise_fence(2)
    with pytest.raises(StaleEpoch, match=f"epoch {epoch}"):
        ledger.record(entry, epoch=epoch, region="us-east-1")
    assert rows(engine) == []


def test_without_a_fence_nobody_writes(engine, entry) -> None:
    ledger = Ledger(engine.connect(), engine.book)
    ledger.migrate()
    with pytest.raises(StaleEpoch):
        ledger.record(entry, epoch=1, region="us-east-1")
    assert not ledger.admits(1)


# the fence


def until(true) -> None:
    end = time.monotonic() + 30
    while not true():
        assert time.monotonic() < end
        time.sleep(0.01)


class InFlight:
    """A writer of epoch 1 that was admitted and stands before its row, which somebody else has."""

    def __init__(self, engine, entry, pool) -> None:
        self._engine = engine
        self._blocker = engine.connect()
        engine.begin(self._blocker)
        book_by_hand(engine, self._blocker, str(uuid4()), entry.idempotency_key)
        writer = Ledger(engine.connect(), engine.book)
        self.written = pool.submit(writer.record, entry, epoch=1, region="us-east-1")
        until(lambda: engine.waiting(self._blocker) == 1)

    def go(self) -> None:
        self._engine.run(self._blocker, "rollback")
        self.written.result(30)


def test_raising_the_fence_waits_for_what_is_in_flight_and_for_nothing_that_comes_later(
    engine, ledger, entry
) -> None:
    """However many writers queue, they queue behind it: how long it takes does not depend on the load."""
    later = [Ledger(engine.connect(), engine.book) for _ in range(4)]
    watching = engine.connect()
    with ThreadPoolExecutor(6) as pool:
        flying = InFlight(engine, entry, pool)
        raising = pool.submit(Ledger(engine.connect(), engine.book).raise_fence, 2)
        until(lambda: engine.waiting(watching) == 2)
        late = [
            pool.submit(each.record, another(entry, f"later-{number}"), epoch=1, region="us-east-1")
            for number, each in enumerate(later)
        ]
        until(lambda: engine.waiting(watching) == 6)
        assert not raising.done()
        flying.go()
        raising.result(30)
        for each in late:
            with pytest.raises(StaleEpoch):
                each.result(30)
    assert [key for key, *_ in rows(engine)] == [entry.idempotency_key]
    assert ledger.fence_epoch() == 2


@pytest.mark.parametrize(
    "write",
    [
        lambda ledger, entry: ledger.record(entry, epoch=1, region="us-east-1"),
        lambda ledger, entry: ledger.beat(1, now_ms=5),
        lambda ledger, entry: ledger.advance_watermark(5, epoch=1),
        lambda ledger, entry: ledger.set_aside([ONE], epoch=1),
    ],
    ids=["entry", "heartbeat", "watermark", "set aside"],
)
def test_whatever_an_older_epoch_writes_waits_for_the_fence_and_is_refused(
    engine, ledger, entry, write
) -> None:
    """It reads the epoch that it waited for, not that of a snapshot from before."""
    raising = engine.connect()
    engine.begin(raising)
    engine.run(raising, "update {ledger}fence set epoch = 2")
    with ThreadPoolExecutor(1) as pool:
        late = pool.submit(write, ledger, entry)
        until(lambda: engine.waiting(raising) == 1)
        assert not late.done()
        engine.run(raising, "commit")
        with pytest.raises(StaleEpoch):
            late.result(30)
    assert rows(engine) == []
    assert (ledger.heartbeat(), ledger.watermark(), ledger.aside(9)) == (None, None, [])


@pytest.mark.parametrize("change", ["update {ledger}fence set epoch = 2", "delete from {ledger}fence"])
def test_a_fence_that_a_person_changes_waits_for_our_writers(engine, ledger, entry, change) -> None:
    with ThreadPoolExecutor(2) as pool:
        flying = InFlight(engine, entry, pool)
        changing = pool.submit(engine.run, engine.connect(), change)
        until(lambda: engine.waiting(engine.connect()) == 2)
        assert not changing.done()
        flying.go()
        changing.result(30)
    assert not ledger.admits(1)
    assert len(rows(engine)) == 1


def test_many_writers_of_one_entry_settle_it_once_and_none_fails(engine, ledger, entry) -> None:
    """They meet between the check for a conflict and the insert, at either unique index."""
    entries = [another(entry, f"order-{number:04}") for number in range(60)]
    together = threading.Barrier(8)

    def record_all(connection) -> None:
        for one in entries:
            together.wait(30)
            Ledger(connection, engine.book).record(one, epoch=1, region="us-east-1")

    with ThreadPoolExecutor(8) as pool:
        writers = [pool.submit(record_all, engine.connect()) for _ in range(8)]
        for writer in writers:
            writer.result(60)
    assert [key for key, *_ in rows(engine)] == [one.idempotency_key for one in entries]


@pytest.mark.parametrize(
    "changed",
    [
        {"entry_id": str(uuid4())},
        {"request_hash": "another"},
        {"entry_id": str(uuid4()), "request_hash": "another"},
        {"idempotency_key": "order-0002"},
    ],
    ids=["another id", "another body", "both", "another key"],
)
def test_another_entry_under_the_key_or_the_id_is_not_taken_for_success(
    *, engine, ledger, entry, changed
) -> None:
    """The journal was restored and forgot the entry: the key is free there, and not in the ledger."""
    ledger.record(entry, epoch=1, region="us-east-1")
    other = replace(entry, **changed)
    with pytest.raises(NotRecordable) as caught:
        ledger.record(other, epoch=1, region="us-east-1")
    assert caught.value.found == SetAside(
        idempotency_key=other.idempotency_key, entry_id=other.entry_id, why=Why.CONTRADICTED
    )
    assert rows(engine) == [("order-0001", 1, "us-east-1")]


@pytest.mark.parametrize("other", ["ORDER-0001", "order-0001 ", "ordér-0001", "order-0001\t"])
def test_keys_are_the_same_only_byte_by_byte(engine, ledger, entry, other) -> None:
    ledger.record(entry, epoch=1, region="r")
    assert ledger.recorded([other]) == {}
    ledger.record(another(entry, other), epoch=1, region="r")
    assert ledger.recorded([other, "order-0001"]).keys() == {other, "order-0001"}


# what was set aside


def test_what_was_set_aside_is_listed_once_until_it_is_taken_off(engine, ledger) -> None:
    two = replace(ONE, entry_id="id-2", why=Why.UNREADABLE)
    ledger.set_aside([ONE, two], epoch=1)
    ledger.set_aside([ONE], epoch=1)
    assert Ledger(engine.connect(), engine.book).aside(9) == [two, ONE]  # first what nobody looked at longest
    assert ledger.aside(1) == [two]
    ledger.take_off("order-0001", epoch=1)
    ledger.take_off("order-0001", epoch=1)
    assert ledger.aside(9) == []


def test_a_writer_of_another_epoch_lists_nothing_and_takes_nothing_off(ledger) -> None:
    ledger.set_aside([ONE], epoch=1)
    ledger.raise_fence(2)
    with pytest.raises(StaleEpoch):
        ledger.set_aside([replace(ONE, entry_id="id-2")], epoch=1)
    ledger.take_off("order-0001", epoch=1)
    assert ledger.aside(9) == [ONE]


def test_a_copy_of_an_older_release_has_nothing_set_aside(engine, ledger) -> None:
    engine.run(engine.connect(), "drop table {ledger}set_aside")
    assert ledger.aside(9) == []
    ledger.migrate()
    ledger.set_aside([ONE], epoch=1)
    assert ledger.aside(9) == [ONE]


def test_a_reason_that_only_newer_code_knows_is_listed(engine, ledger) -> None:
    engine.run(
        engine.connect(),
        "insert into {ledger}set_aside (idempotency_key, entry_id, why) values ('order-0001', 'id-1', 'new')",
    )
    assert [one.why for one in ledger.aside(9)] == ["new"]


def test_the_end_of_a_takeover_is_noted_once_and_by_the_epoch_that_may_write(ledger) -> None:
    assert not ledger.announced(1)
    ledger.announce(1)
    ledger.announce(1)
    ledger.announce(2)
    assert [ledger.announced(epoch) for epoch in (1, 2)] == [True, False]


# values


@pytest.mark.parametrize(
    "text", ["Žofie ':; %s %(x)s {y}", "\\' or 1=1 -- ", "ends with spaces  ", "💶 £", 'a\nb\t"c']
)
def test_text_and_large_amounts_survive(ledger, entry, text) -> None:
    request = replace(entry.request, amount_minor=10**12, currency="XTS", debtor=text, reference="")
    ledger.record(replace(entry, request=request, principal=text), epoch=1, region="us-east-1")
    assert ledger.find(entry.entry_id, principal=text) == request


def test_values_are_no_part_of_the_statement(ledger, entry) -> None:
    ledger.record(entry, epoch=1, region="us-east-1")
    for given in ("'; delete from ledger.payments; --", "\\'; do 1; -- ", "\u00e9\U0001f4b6", "", "0"):
        assert ledger.recorded([given]) == {}
    assert ledger.recorded([entry.idempotency_key]) == {entry.idempotency_key: entry.identity}


@pytest.mark.parametrize(
    "changed",
    [{"amount_minor": -1}, {"amount_minor": 2**70}, {"currency": "EURO"}, {"debtor": None}],
    ids=str,
)
def test_what_can_never_be_stored_is_named_and_not_quoted_and_nothing_stays_of_it(
    engine, ledger, entry, changed
) -> None:
    refused = replace(entry, request=replace(entry.request, **changed))
    with pytest.raises(NotRecordable) as caught:
        ledger.record(refused, epoch=1, region="us-east-1")
    assert caught.value.found.why is Why.REFUSED
    assert "Ada" not in str(caught.value.__cause__)
    ledger.record(another(entry, "order-0002"), epoch=1, region="us-east-1")  # the connection can go on
    Ledger(engine.connect(), engine.book).raise_fence(2)  # and holds the fence no more
    assert [key for key, *_ in rows(engine)] == ["order-0002"]


def test_a_missing_table_is_told_by_its_code(engine, ledger) -> None:
    engine.run(engine.connect(), "drop table {ledger}heartbeat")
    with pytest.raises(StatementRefused, match=r"42P01|1146") as caught:
        ledger.heartbeat()
    assert caught.value.refusal is Refusal.NO_TABLE


def test_admits_the_epoch_of_the_fence_only(ledger) -> None:
    assert [ledger.admits(epoch) for epoch in (0, 1, 2)] == [False, True, False]


def test_a_connection_that_broke_is_unavailable(engine, ledger) -> None:
    connection = engine.connect()
    broken = Ledger(connection, engine.book)
    engine.book.engine.close(connection)
    engine.book.engine.close(connection)
    with pytest.raises(DatabaseUnavailable):
        broken.fence_epoch()


def test_every_question_of_the_ledger_and_the_outbox_has_its_statement(engine) -> None:
    asks = engine.book.engine.asks(engine.connect(), engine.book)
    assert all("{" not in asks.sql(ask) for ask in Ask)


def test_a_principals_own_requests_that_live_are_listed_by_their_ids(engine, ledger, entry) -> None:
    made = [replace(another(entry, f"key-{n}"), principal="sub:ada" if n else "sub:eve") for n in range(5)]
    for each in made:
        ledger.record(each, epoch=1, region="r")
    ids = sorted(each.entry_id for each in made[1:])
    first = ledger.live(principal="sub:ada", after=str(UUID(int=0)), most=3)
    assert (list(first), first[ids[0]]) == (ids[:3], entry.request)
    assert list(ledger.live(principal="sub:ada", after=ids[2], most=3)) == ids[3:]
    ended = replace(engine.book, live=f"live.idempotency_key <> '{made[1].idempotency_key}'")
    listed = Ledger(engine.connect(), ended).live(principal="sub:ada", after=str(UUID(int=0)), most=9)
    assert listed.keys() == {each.entry_id for each in made[2:]}


def test_what_is_examined_is_told_whole(ledger, entry) -> None:
    ledger.record(replace(entry, principal="ada"), epoch=1, region="us-east-1")
    found = ledger.examined([entry.idempotency_key, "order-9999"])
    assert found == {
        entry.idempotency_key: Examined(
            identity=entry.identity, principal="ada", live=True, request=entry.request
        )
    }
    assert ledger.examined([]) == {}
