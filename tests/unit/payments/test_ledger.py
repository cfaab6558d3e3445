import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from uuid import uuid4

import pytest

from durable.engine import Ask, StatementRefused
from durable.ledger import Ledger
from durable.postgresql.asks import refused
from durable.set_aside import NotRecordable, Why
from failover.ports import StaleEpoch
from payments.book import BOOK
from runtime.database import DatabaseUnavailable


def rows(connection) -> list[tuple[object, ...]]:
    found = connection.run("select idempotency_key, epoch, region from ledger.payments")
    return sorted(tuple(row) for row in found)


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
