import threading
from collections.abc import Callable
from types import SimpleNamespace

import pytest
from pg8000.exceptions import InterfaceError
from pg8000.native import Connection

from durable import ledger_connection
from durable.ledger import Ledger
from durable.ledger_connection import LedgerConnection
from failover.ports import StaleEpoch
from payments.book import BOOK
from runtime.database import DatabaseUnavailable
from tests.unit.payments import raw_sql
from tests.unit.payments.service import fail


class Counted:
    """Opens real connections and remembers them."""

    def __init__(self, connect: Callable[[], Connection]) -> None:
        self._connect = connect
        self.opened: list[Connection] = []

    def connect(self) -> Connection:
        self.opened.append(self._connect())
        return self.opened[-1]


@pytest.fixture
def database(connect, ledger) -> Counted:
    return Counted(connect)


def pid(ledger: Ledger) -> int:
    return raw_sql.run(ledger, "select pg_backend_pid()")[0][0]


def test_the_connection_is_kept(database) -> None:
    kept = LedgerConnection(database, BOOK)
    assert kept.use(pid) == kept.use(pid)
    assert len(database.opened) == 1


def test_a_connection_that_died_in_between_is_opened_again_once(connect, database) -> None:
    kept = LedgerConnection(database, BOOK)
    dead = kept.use(pid)
    connect().run("select pg_terminate_backend(:pid)", pid=dead)
    assert kept.use(pid) != dead
    assert len(database.opened) == 2


def test_a_new_connection_that_fails_is_not_opened_again(database) -> None:
    kept = LedgerConnection(database, BOOK)
    with pytest.raises(DatabaseUnavailable):
        kept.use(lambda ledger: raw_sql.run(ledger, "select 1/0"))
    assert len(database.opened) == 1


def test_a_failed_connection_is_never_used_again(database) -> None:
    kept = LedgerConnection(database, BOOK)
    with pytest.raises(DatabaseUnavailable):
        kept.use(lambda ledger: raw_sql.run(ledger, "select 1/0"))
    kept.use(pid)
    assert len(database.opened) == 2


def test_a_slow_failure_is_not_repeated(database, monkeypatch) -> None:
    kept = LedgerConnection(database, BOOK)
    kept.use(pid)
    monkeypatch.setattr(ledger_connection, "QUICK_S", 0.0)
    with pytest.raises(DatabaseUnavailable, match="57014"):
        kept.use(lambda ledger: raw_sql.run(ledger, "set statement_timeout = 50; select pg_sleep(5)"))
    assert len(database.opened) == 1


@pytest.mark.parametrize(("took_s", "opened"), [(0.5, 2), (0.501, 1)])
def test_a_failure_within_half_a_second_is_repeated_once(database, monkeypatch, took_s, opened) -> None:
    kept = LedgerConnection(database, BOOK)
    kept.use(pid)
    now_s = iter([0.0, took_s])
    monkeypatch.setattr(ledger_connection, "time", SimpleNamespace(monotonic=lambda: next(now_s)))
    with pytest.raises(DatabaseUnavailable):
        kept.use(lambda ledger: raw_sql.run(ledger, "select 1/0"))
    assert len(database.opened) == opened


@pytest.mark.parametrize("error", [InterfaceError("connection is closed"), BrokenPipeError()])
def test_a_connection_that_cannot_even_be_closed_is_let_go(error) -> None:
    opened: list[SimpleNamespace] = []

    def connect() -> SimpleNamespace:
        opened.append(SimpleNamespace(close=fail(error)))
        return opened[-1]

    kept = LedgerConnection(SimpleNamespace(connect=connect), BOOK)
    with pytest.raises(DatabaseUnavailable, match="no answer"):
        kept.use(fail(DatabaseUnavailable("no answer")))
    assert kept.use(lambda _: len(opened)) == 2


def test_the_fence_refusing_is_no_failure_of_the_connection(database) -> None:
    kept = LedgerConnection(database, BOOK)

    def lower(ledger: Ledger) -> None:
        ledger.raise_fence(0)

    for _ in range(2):
        with pytest.raises(StaleEpoch):
            kept.use(lower)
    assert len(database.opened) == 1


def test_a_database_that_cannot_be_reached_is_unavailable() -> None:
    def refuse() -> Connection:
        raise DatabaseUnavailable("cannot connect")

    with pytest.raises(DatabaseUnavailable, match="cannot connect"):
        LedgerConnection(SimpleNamespace(connect=refuse), BOOK).use(pid)


def test_nobody_waits_longer_than_the_limit_and_no_connection_is_shared(database) -> None:
    kept = LedgerConnection(database, BOOK, limit_s=0.1)
    go, seen = threading.Event(), []

    def hang(ledger: Ledger) -> None:
        go.wait(5)
        seen.append("first")

    def second(ledger: Ledger) -> None:
        seen.append("second")

    with pytest.raises(DatabaseUnavailable, match=r"0\.1 s"):
        kept.use(hang)
    with pytest.raises(DatabaseUnavailable):
        kept.use(second)
    go.set()
    kept._limit_s = 5  # a busy machine is no part of this
    kept.use(lambda _: seen.append("third"))
    assert seen == ["first", "third"]
