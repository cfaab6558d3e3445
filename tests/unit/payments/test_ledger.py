import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from uuid import uuid4

import pytest

from durable.engine import Ask, StatementRefused
from durable.ledger import Ledger
from durable.postgresql.asks import refused
from durable.set_aside import NotRecordable, SetAside, Why
from failover.ports import StaleEpoch
from payments.book import BOOK
from runtime.database import DatabaseUnavailable
from tests.unit.payments import raw_sql

ONE = SetAside(idempotency_key="order-0001", entry_id="id-1", why=Why.CONTRADICTED)


def rows(connection) -> list[tuple[object, ...]]:
    found = connection.run("select idempotency_key, epoch, region from ledger.payments")
    return sorted(tuple(row) for row in found)


def test_two_may_migrate_at_once_and_again(connect) -> None:
    ledgers = [Ledger(connect(), BOOK) for _ in range(6)]
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(Ledger.migrate, ledgers))
    ledgers[0].migrate()
    assert ledgers[0].fence_epoch() is None


def test_migrating_keeps_what_is_there(ledger, entry) -> None:
    ledger.record(entry, epoch=1, region="us-east-1")
    ledger.migrate()
    assert (ledger.fence_epoch(), ledger.find(entry.entry_id)) == (1, entry.request)


def test_the_fence_rises_and_is_never_lowered(ledger) -> None:
    ledger.raise_fence(5)
    ledger.raise_fence(5)
    with pytest.raises(StaleEpoch, match=r"epoch 4$"):
        ledger.raise_fence(4)
    assert ledger.fence_epoch() == 5


def test_the_heartbeat_is_of_the_epoch_that_may_write_and_never_goes_back(ledger) -> None:
    assert ledger.heartbeat() is None
    ledger.beat(1, now_ms=5)
    ledger.beat(1, now_ms=4)
    assert ledger.heartbeat() == 5
    with pytest.raises(StaleEpoch, match=r"epoch 2$"):
        ledger.beat(2, now_ms=6)
    assert ledger.heartbeat() == 5


def test_the_watermark_is_of_the_epoch_that_may_write_and_never_goes_back(connect, ledger) -> None:
    assert ledger.watermark() is None
    ledger.advance_watermark(5, epoch=1)
    ledger.advance_watermark(4, epoch=1)
    assert ledger.watermark() == 5
    with pytest.raises(StaleEpoch, match=r"epoch 2$"):
        ledger.advance_watermark(6, epoch=2)
    ledger.migrate()
    assert Ledger(connect(), BOOK).watermark() == 5


def test_a_watermark_beyond_a_minute_is_forgotten_by_the_epoch_that_may_write(ledger) -> None:
    assert not ledger.forget_watermark(after=5, epoch=1)
    ledger.advance_watermark(6, epoch=1)
    assert not ledger.forget_watermark(after=5, epoch=2)
    assert not ledger.forget_watermark(after=6, epoch=1)
    assert ledger.watermark() == 6
    assert ledger.forget_watermark(after=5, epoch=1)
    assert ledger.watermark() is None


def test_the_newest_payments_are_those_that_came_last(ledger, entry) -> None:
    for n in (1, 2, 3):
        ledger.record(replace(entry, idempotency_key=f"key-{n}", entry_id=str(uuid4())), epoch=1, region="r")
    assert list(ledger.newest(2)) == ["key-3", "key-2"]
    assert list(ledger.newest(9)) == ["key-3", "key-2", "key-1"]


def test_the_first_and_the_last_payments_of_a_minute_are_those_that_were_settled_in_it(ledger, entry) -> None:
    for n in range(4):
        ledger.record(replace(entry, idempotency_key=f"key-{n}", entry_id=str(uuid4())), epoch=1, region="r")
        raw_sql.run(
            ledger,
            "update ledger.payments set settled_at = to_timestamp(:at) where idempotency_key = :key",
            at=(59.999, 60.0, 119.999, 120.0)[n],
            key=f"key-{n}",
        )
    assert list(ledger.settled_in(1, 9, last=False)) == ["key-1", "key-2"]
    assert list(ledger.settled_in(1, 9, last=True)) == ["key-2", "key-1"]
    assert [list(ledger.settled_in(1, 1, last=last)) for last in (False, True)] == [["key-1"], ["key-2"]]
    assert ledger.settled_in(1, 1, last=True)["key-2"].settled_at_ms == 119_999
    assert ledger.settled_in(3, 9, last=True) == {}


def test_there_is_one_fence(connect, ledger) -> None:
    with pytest.raises(DatabaseUnavailable, match="23514"):
        raw_sql.run(ledger, 'insert into ledger.fence ("only", epoch) values (false, 2)')
    with pytest.raises(DatabaseUnavailable, match="23505"):
        raw_sql.run(ledger, "insert into ledger.fence (epoch) values (2)")


def test_a_recorded_payment_is_found_and_known(ledger, entry) -> None:
    ledger.record(entry, epoch=1, region="us-east-1")
    assert ledger.find(entry.entry_id) == entry.request
    assert ledger.recorded([entry.idempotency_key, "another-key"]) == {entry.idempotency_key: entry.identity}
    (row,) = ledger.newest(1).values()
    assert row.identity == entry.identity
    assert abs(row.settled_at_ms - time.time() * 1000) < 60_000
    assert ledger.recorded([]) == {}


def test_a_row_that_was_booked_by_hand_is_not_noted(ledger, entry) -> None:
    ledger.record(entry, epoch=1, region="us-east-1")
    by_hand = str(uuid4())
    raw_sql.run(
        ledger,
        "insert into ledger.payments (entry_id, idempotency_key, request_hash, amount_minor, currency, "
        "debtor, creditor, reference, epoch, region) values (cast(:id as uuid), 'manual-1', '', 1, 'EUR', "
        "'a', 'b', '', 1, 'us-east-1')",
        id=by_hand,
    )
    assert list(ledger.newest(1)) == ["manual-1"]
    assert ledger.noted([by_hand, entry.entry_id]) == {entry.entry_id}
    assert ledger.noted([]) == set()


def test_a_payment_that_is_not_there_is_not_found(ledger, entry) -> None:
    assert ledger.find(entry.entry_id) is None


def test_a_second_record_under_the_key_changes_nothing(connect, ledger, entry) -> None:
    ledger.record(entry, epoch=1, region="us-east-1")
    ledger.raise_fence(2)
    ledger.record(entry, epoch=2, region="us-west-2")
    assert rows(connect()) == [("order-0001", 1, "us-east-1")]


def test_a_replayed_payment_carries_the_epoch_of_its_writer(connect, ledger, entry) -> None:
    ledger.raise_fence(3)
    ledger.record(entry, epoch=3, region="us-west-2")
    assert rows(connect()) == [("order-0001", 3, "us-west-2")]


@pytest.mark.parametrize("epoch", [1, 3])
def test_a_writer_of_another_epoch_writes_nothing(connect, ledger, entry, epoch) -> None:
    ledger.raise_fence(2)
    with pytest.raises(StaleEpoch, match=f"epoch {epoch}"):
        ledger.record(entry, epoch=epoch, region="us-east-1")
    assert rows(connect()) == []


def test_without_a_fence_nobody_writes(connect, entry) -> None:
    ledger = Ledger(connect(), BOOK)
    ledger.migrate()
    with pytest.raises(StaleEpoch):
        ledger.record(entry, epoch=1, region="us-east-1")
    assert not ledger.admits(1)


def test_raising_the_fence_waits_for_a_payment_in_flight(connect, ledger, entry) -> None:
    slow = connect()
    slow.run("begin")
    Ledger(slow, BOOK).record(entry, epoch=1, region="us-east-1")
    raising = threading.Thread(target=ledger.raise_fence, args=(2,))
    raising.start()
    raising.join(0.3)
    assert raising.is_alive()
    slow.run("commit")
    raising.join(5)
    assert not raising.is_alive()
    assert Ledger(connect(), BOOK).fence_epoch() == 2


def test_raising_the_fence_waits_for_what_is_in_flight_and_for_nothing_that_comes_later(
    connect, ledger, entry
) -> None:
    """However many payments queue, they queue behind it: how long it takes does not depend on the load."""
    flying, watching, raiser = connect(), connect(), connect()
    [[in_flight]], [[raising_pid]] = (each.run("select pg_backend_pid()") for each in (flying, raiser))
    later = [Ledger(connect(), BOOK) for _ in range(4)]

    def waiting(number: int) -> None:
        until = time.monotonic() + 30
        while watching.run("select count(*) from pg_locks where not granted") != [[number]]:
            assert time.monotonic() < until
            time.sleep(0.01)

    flying.run("begin")
    Ledger(flying, BOOK).record(entry, epoch=1, region="us-east-1")
    with ThreadPoolExecutor(5) as pool:
        raising = pool.submit(Ledger(raiser, BOOK).raise_fence, 2)
        waiting(1)
        late = [
            pool.submit(
                each.record,
                replace(entry, idempotency_key=f"later-{number}", entry_id=str(uuid4())),
                epoch=1,
                region="us-east-1",
            )
            for number, each in enumerate(later)
        ]
        waiting(5)
        assert watching.run("select pg_blocking_pids(:pid)", pid=raising_pid) == [[[in_flight]]]
        flying.run("commit")
        raising.result(30)
        for each in late:
            with pytest.raises(StaleEpoch):
                each.result(30)
    assert [key for key, *_ in rows(connect())] == [entry.idempotency_key]


def test_a_payment_that_waited_for_the_fence_is_refused(connect, ledger, entry) -> None:
    raising = connect()
    raising.run("begin")
    Ledger(raising, BOOK).raise_fence(2)
    with ThreadPoolExecutor(1) as pool:
        late = pool.submit(ledger.record, entry, epoch=1, region="us-east-1")
        time.sleep(0.2)
        assert not late.done()
        raising.run("commit")
        with pytest.raises(StaleEpoch):
            late.result(5)
    assert rows(connect()) == []


@pytest.mark.parametrize(
    "write",
    [
        lambda ledger: ledger.beat(1, now_ms=5),
        lambda ledger: ledger.advance_watermark(5, epoch=1),
        lambda ledger: ledger.set_aside([ONE], epoch=1),
    ],
    ids=["heartbeat", "watermark", "set aside"],
)
def test_whatever_an_older_epoch_writes_waits_for_the_fence_and_is_refused(connect, ledger, write) -> None:
    raising = connect()
    raising.run("begin")
    Ledger(raising, BOOK).raise_fence(2)
    with ThreadPoolExecutor(1) as pool:
        late = pool.submit(write, ledger)
        time.sleep(0.2)
        assert not late.done()
        raising.run("commit")
        with pytest.raises(StaleEpoch):
            late.result(5)
    assert (ledger.heartbeat(), ledger.watermark(), ledger.aside(9)) == (None, None, [])


OLDER_RAISE = """
insert into ledger.fence as fence (epoch) values (2)
on conflict ("only") do update set epoch = excluded.epoch where fence.epoch <= excluded.epoch
"""
OLDER_ADMISSION = "select epoch from ledger.fence where epoch = 1 for share"


@pytest.mark.parametrize(
    "change", [OLDER_RAISE, "update ledger.fence set epoch = 2", "delete from ledger.fence"]
)
def test_a_fence_that_older_code_or_a_person_changes_waits_for_our_writers(
    connect, ledger, entry, change
) -> None:
    writer, other = connect(), connect()
    writer.run("begin")
    Ledger(writer, BOOK).record(entry, epoch=1, region="us-east-1")
    with ThreadPoolExecutor(1) as pool:
        changing = pool.submit(other.run, change)
        time.sleep(0.2)
        assert not changing.done()
        writer.run("commit")
        changing.result(5)
    assert not ledger.admits(1)


def test_our_fence_waits_for_a_writer_of_older_code(connect, ledger) -> None:
    older = connect()
    older.run("begin")
    assert older.run(OLDER_ADMISSION) == [[1]]
    with ThreadPoolExecutor(1) as pool:
        raising = pool.submit(ledger.raise_fence, 2)
        time.sleep(0.2)
        assert not raising.done()
        older.run("commit")
        raising.result(5)


def test_writers_that_overlap_use_up_no_multixact(connect, ledger, entry) -> None:
    """A row lock that many share takes one for every writer that joins: hundreds of millions a day."""

    def used() -> list[int]:
        counting.run("checkpoint")
        return counting.run("select next_multixact_id, next_multi_offset from pg_control_checkpoint()")

    counting, before = connect(), None
    writers = [connect() for _ in range(4)]
    before = used()
    for number, writer in enumerate(writers):
        writer.run("begin")
        other = replace(entry, idempotency_key=f"order-{number}", entry_id=str(uuid4()))
        Ledger(writer, BOOK).record(other, epoch=1, region="us-east-1")
    for writer in writers:
        writer.run("commit")
    assert used() == before
    assert len(rows(connect())) == len(writers)


def test_a_ledger_of_an_older_release_is_brought_forward_by_its_first_writer(connect, ledger, entry) -> None:
    connect().run("drop trigger close on ledger.fence; drop function ledger.close(), ledger.admit(bigint)")
    ledger.record(entry, epoch=1, region="us-east-1")
    assert rows(connect()) == [("order-0001", 1, "us-east-1")]
    with pytest.raises(StaleEpoch):
        ledger.beat(2, now_ms=1)


def test_many_writers_of_one_entry_settle_it_once_and_none_fails(connect, ledger, entry) -> None:
    """They meet between the check for a conflict and the insert, at either unique index."""
    entries = [
        replace(entry, idempotency_key=f"order-{number:04}", entry_id=str(uuid4())) for number in range(150)
    ]
    together = threading.Barrier(8)

    def record_all(connection) -> None:
        for one in entries:
            together.wait(10)
            Ledger(connection, BOOK).record(one, epoch=1, region="us-east-1")

    with ThreadPoolExecutor(8) as pool:
        writers = [pool.submit(record_all, connect()) for _ in range(8)]
        for writer in writers:
            writer.result(30)
    assert [key for key, *_ in rows(connect())] == [one.idempotency_key for one in entries]


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
def test_another_payment_under_the_key_or_the_id_is_not_taken_for_success(
    *, connect, ledger, entry, changed
) -> None:
    """The journal was restored and forgot the entry: the key is free there, and not in the ledger."""
    ledger.record(entry, epoch=1, region="us-east-1")
    other = replace(entry, **changed)
    with pytest.raises(NotRecordable) as caught:
        ledger.record(other, epoch=1, region="us-east-1")
    assert caught.value.found == SetAside(
        idempotency_key=other.idempotency_key, entry_id=other.entry_id, why=Why.CONTRADICTED
    )
    assert rows(connect()) == [("order-0001", 1, "us-east-1")]


# what was set aside


def test_what_was_set_aside_is_listed_once_until_it_is_taken_off(connect, ledger) -> None:
    two = replace(ONE, entry_id="id-2", why=Why.UNREADABLE)
    ledger.set_aside([ONE, two], epoch=1)
    ledger.set_aside([ONE], epoch=1)
    assert Ledger(connect(), BOOK).aside(9) == [two, ONE]  # first what nobody looked at for longest
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


def test_a_copy_of_an_older_release_has_nothing_set_aside(connect, ledger) -> None:
    connect().run("drop table ledger.set_aside")
    assert ledger.aside(9) == []
    ledger.migrate()
    ledger.set_aside([ONE], epoch=1)
    assert ledger.aside(9) == [ONE]


def test_a_reason_that_only_newer_code_knows_is_listed(connect, ledger) -> None:
    connect().run("insert into ledger.set_aside values ('order-0001', 'id-1', 'of-tomorrow')")
    assert [one.why for one in ledger.aside(9)] == ["of-tomorrow"]


def test_text_and_large_amounts_survive(ledger, entry) -> None:
    request = replace(entry.request, amount_minor=10**12, currency="XTS", debtor="Žofie ':; %s", reference="")
    ledger.record(replace(entry, request=request), epoch=1, region="us-east-1")
    assert ledger.find(entry.entry_id) == request


def test_admits_the_epoch_of_the_fence_only(ledger) -> None:
    assert [ledger.admits(epoch) for epoch in (0, 1, 2)] == [False, True, False]


def test_a_read_only_database_admits_nobody(connect, ledger) -> None:
    replica = connect()
    replica.run("set default_transaction_read_only = on")
    with pytest.raises(DatabaseUnavailable, match="25006"):
        Ledger(replica, BOOK).admits(1)


def test_a_refused_row_is_not_quoted(ledger, entry) -> None:
    refused = replace(entry, request=replace(entry.request, amount_minor=-1))
    with pytest.raises(NotRecordable) as caught:
        ledger.record(refused, epoch=1, region="us-east-1")
    assert caught.value.found.why is Why.REFUSED
    assert "23514" in str(caught.value.__cause__)
    assert "Ada" not in f"{caught.value} {caught.value.__cause__}"


def test_a_text_that_postgresql_cannot_keep_is_refused_and_the_connection_goes_on(ledger, entry) -> None:
    broken = replace(entry, request=replace(entry.request, reference="a\x00b"))
    with pytest.raises(NotRecordable, match="refused"):
        ledger.record(broken, epoch=1, region="us-east-1")
    ledger.record(entry, epoch=1, region="us-east-1")


def test_a_broken_connection_is_unavailable(connect) -> None:
    connection = connect()
    [[pid]] = connection.run("select pg_backend_pid()")
    connect().run("select pg_terminate_backend(:pid)", pid=pid)
    with pytest.raises(DatabaseUnavailable):
        Ledger(connection, BOOK).fence_epoch()
    connection._usock.close()
    with pytest.raises(DatabaseUnavailable):
        Ledger(connection, BOOK).fence_epoch()


def test_what_the_server_refuses_for_another_reason_is_no_empty_list(ledger, monkeypatch) -> None:
    def run(*_: object, **__: object) -> None:
        raise refused("42501")

    monkeypatch.setattr(ledger, "_run", run)
    with pytest.raises(StatementRefused, match="42501"):
        ledger.aside(9)


def test_a_payment_that_is_neither_written_nor_there_is_not_recorded(ledger, entry, monkeypatch) -> None:
    """A row that stood in the way of the insert, and is gone when it is looked for."""
    monkeypatch.setattr(
        ledger,
        "_run",
        lambda ask, **_: [] if ask is Ask.SAME else [[1, 0]],
    )
    with pytest.raises(DatabaseUnavailable, match="neither written nor found"):
        ledger.record(entry, epoch=1, region="us-east-1")


def test_an_announcement_is_noted_by_the_epoch_that_may_write(ledger) -> None:
    assert not ledger.announced(1)
    ledger.announce(2)
    assert not ledger.announced(2)
    for _ in range(2):
        ledger.announce(1)
    assert ledger.announced(1)
