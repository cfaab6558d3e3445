"""What only a ledger in MySQL can do wrong."""

import socket
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from durable.engine import Refusal, StatementRefused
from durable.ledger import Ledger
from durable.mysql import asks
from durable.mysql.asks import MySQLAsks, refused
from durable.mysql.scripts import ABANDONED_S, admitted
from durable.set_aside import NotRecordable, Why
from runtime.database import DatabaseUnavailable
from tests.unit.durable.conftest import ENGINES
from tests.unit.durable.test_ledger import another, until

pytestmark = pytest.mark.parametrize(
    "engine", [each for each in ENGINES if "postgres" not in each], indirect=True
)


def test_a_client_that_never_comes_back_holds_the_fence_for_seconds_only(engine, ledger) -> None:
    """Its function was frozen when a statement of its transaction failed."""
    frozen = engine.connect()
    script = admitted("select no_such_column from ledger_heartbeat;") % {"epoch": 1}
    frozen._execute_command(3, script)  # as the driver sends it, without waiting for what comes
    with ThreadPoolExecutor(1) as pool:
        raising = pool.submit(Ledger(engine.connect(), engine.book).raise_fence, 2)
        raising.result(ABANDONED_S + 10)
    assert ledger.fence_epoch() == 2


def test_a_connection_is_kept_as_long_as_ever_after_a_script(engine, ledger, entry) -> None:
    connection = engine.connect()
    usual = engine.run(connection, "select @@wait_timeout")
    one = Ledger(connection, engine.book)
    one.record(entry, epoch=1, region="r")
    assert engine.run(connection, "select @@wait_timeout") == usual
    with pytest.raises(NotRecordable):
        one.record(
            another(replace(entry, request=replace(entry.request, amount_minor=0)), "k"), epoch=1, region="r"
        )
    assert engine.run(connection, "select @@wait_timeout") == usual


def test_a_replica_admits_nobody_and_takes_nothing(engine, ledger, entry) -> None:
    engine.server.query("set global read_only = on")
    try:
        replica = Ledger(engine.connect(), engine.book)
        with pytest.raises(DatabaseUnavailable, match="replica"):
            replica.admits(1)
        for write in (
            replica.migrate,
            lambda: replica.record(entry, epoch=1, region="r"),
            lambda: replica.raise_fence(2),
        ):
            with pytest.raises(DatabaseUnavailable, match="1290"):
                write()
        assert replica.fence_epoch() == 1
    finally:
        engine.server.query("set global read_only = off")
    replica.record(entry, epoch=1, region="r")


def test_a_deadlock_is_tried_again_from_its_beginning(engine, ledger, entry, monkeypatch) -> None:
    tried = []

    def rows(self, sql, values):
        tried.append(sql)
        if len(tried) < asks.TRIES:
            raise refused(1213)
        return real(self, sql, values)

    real = MySQLAsks._rows
    monkeypatch.setattr(MySQLAsks, "_rows", rows)
    ledger.record(entry, epoch=1, region="r")
    assert len(tried) == asks.TRIES
    tried.clear()
    monkeypatch.setattr(asks, "TRIES", 9)
    monkeypatch.setattr(MySQLAsks, "_rows", lambda *_: (_ for _ in ()).throw(refused(1213)))
    with pytest.raises(StatementRefused, match="1213"):
        ledger.beat(1, now_ms=1)


def test_a_lock_that_is_not_given_in_time_is_no_refusal_of_the_entry(engine, ledger, entry) -> None:
    blocker, impatient = engine.connect(), engine.connect()
    engine.begin(blocker)
    engine.run(blocker, "update ledger_fence set epoch = 2")
    engine.run(impatient, "set session innodb_lock_wait_timeout = 1")
    with pytest.raises(StatementRefused, match="1205") as caught:
        Ledger(impatient, engine.book).record(entry, epoch=1, region="r")
    assert caught.value.refusal is Refusal.OTHER
    engine.run(blocker, "rollback")
    Ledger(impatient, engine.book).record(entry, epoch=1, region="r")


def test_only_one_tool_at_a_time_changes_the_schema(engine, ledger, monkeypatch) -> None:
    monkeypatch.setattr(asks, "MIGRATE_WAIT_S", 0)
    other = engine.connect()
    engine.run(other, "select get_lock(concat('ledger.migrate.', database()), 1)")
    with pytest.raises(DatabaseUnavailable, match="somebody else"):
        ledger.migrate()
    engine.run(other, "select release_lock(concat('ledger.migrate.', database()))")
    ledger.migrate()
    ledger.migrate()


@pytest.mark.parametrize(
    "changed",
    [
        {"reference": "a\udc80b"},
        {"debtor": "x" * 256},
        {"currency": "\U0001f4b6\U0001f4b6\U0001f4b6\U0001f4b6"},
    ],
)
def test_text_that_the_tables_cannot_keep_is_refused_and_the_connection_goes_on(
    engine, ledger, entry, changed
) -> None:
    broken = replace(entry, request=replace(entry.request, **changed))
    with pytest.raises(NotRecordable) as caught:
        ledger.record(broken, epoch=1, region="r")
    assert caught.value.found.why is Why.REFUSED
    ledger.record(entry, epoch=1, region="r")


def test_a_zero_byte_is_text_as_any_other(ledger, entry) -> None:
    odd = replace(entry, request=replace(entry.request, reference="a\x00b"))
    ledger.record(odd, epoch=1, region="r")
    assert ledger.find(odd.entry_id) == odd.request


def test_a_server_that_ends_the_connection_is_unavailable(engine, ledger) -> None:
    connection = engine.connect()
    [[number]] = engine.run(connection, "select connection_id()")
    engine.server.query(f"kill {number}")
    there = f"select 1 from information_schema.processlist where id = {number}"  # noqa: S608
    until(lambda: not engine.run(engine.connect(), there))
    with pytest.raises(DatabaseUnavailable):
        Ledger(connection, engine.book).beat(1, now_ms=1)


def test_a_silent_server_is_unavailable(engine, ledger) -> None:
    connection = engine.connect()
    connection._sock.shutdown(socket.SHUT_RDWR)
    with pytest.raises(DatabaseUnavailable, match=r"2013|2006|Lost|lost"):
        Ledger(connection, engine.book).fence_epoch()


def test_a_column_that_a_newer_release_made_is_told_as_such(engine, ledger) -> None:
    engine.run(engine.connect(), "alter table ledger_heartbeat drop column at_ms")
    with pytest.raises(StatementRefused, match="1054") as caught:
        ledger.heartbeat()
    assert caught.value.refusal is Refusal.OLDER_SCHEMA
