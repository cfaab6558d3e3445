"""Statements are parsed once a connection: a payment waits for the ledger once."""

from dataclasses import replace
from uuid import uuid4

import pytest

from durable.engine import Ask, Refusal, StatementRefused
from durable.ledger import Ledger
from durable.ledger_connection import LedgerConnection
from failover.ports import StaleEpoch
from payments.book import BOOK
from tests.unit.payments import raw_sql

RECORDS = (
    "select statement from pg_prepared_statements where strpos(statement, 'insert into ledger.payments') > 0"
)


def another(entry, number: int):
    return replace(entry, idempotency_key=f"order-{number:04d}", entry_id=str(uuid4()))


def test_many_payments_are_one_statement(ledger, entry) -> None:
    for number in range(5):
        ledger.record(another(entry, number), epoch=1, region="us-east-1")
    assert len(raw_sql.run(ledger, RECORDS)) == 1
    assert len(ledger.recorded([f"order-{number:04d}" for number in range(9)])) == 5


def test_a_kept_ledger_keeps_its_statements(connect, ledger, entry) -> None:
    class One:
        opened = 0

        def connect(self):
            self.opened += 1
            return connect()

    database = One()
    kept = LedgerConnection(database, BOOK)
    for number in range(3):
        kept.use(lambda it, number=number: it.record(another(entry, number), epoch=1, region="us-east-1"))
    assert len(kept.use(lambda it: raw_sql.run(it, RECORDS))) == 1
    assert database.opened == 1


def test_the_fence_is_asked_anew_each_time(connect, ledger, entry) -> None:
    ledger.record(another(entry, 1), epoch=1, region="us-east-1")
    Ledger(connect(), BOOK).raise_fence(2)
    with pytest.raises(StaleEpoch):
        ledger.record(another(entry, 2), epoch=1, region="us-east-1")
    assert not ledger.admits(1)
    assert ledger.admits(2)


def test_a_ledger_that_is_migrated_meanwhile_is_still_written(connect, ledger, entry) -> None:
    ledger.record(another(entry, 1), epoch=1, region="us-east-1")
    connect().run("alter table ledger.payments add column if not exists note text")
    ledger.record(another(entry, 2), epoch=1, region="us-east-1")
    assert ledger.recorded(["order-0001", "order-0002"]).keys() == {"order-0001", "order-0002"}


def test_values_are_no_part_of_the_statement(ledger, entry) -> None:
    ledger.record(entry, epoch=1, region="us-east-1")
    for given in ("'; drop table ledger.payments; --", "\u00e9\U0001f4b6", ""):
        assert ledger.recorded([given]) == {}
    assert ledger.recorded([entry.idempotency_key]) == {entry.idempotency_key: entry.identity}


def test_a_statement_that_fails_names_the_code_and_not_the_values(connect, ledger) -> None:
    with pytest.raises(StatementRefused, match=r"SQLSTATE 22P02") as caught:
        ledger.find("4111-1111")
    assert caught.value.refusal is Refusal.DATA
    assert "4111" not in str(caught.value)
    raw_sql.run(ledger, "drop table ledger.fence cascade")
    with pytest.raises(StatementRefused, match=r"SQLSTATE 42P01") as caught:
        Ledger(connect(), BOOK).fence_epoch()
    assert caught.value.refusal is Refusal.NO_TABLE


def test_every_question_of_the_ledger_and_the_outbox_has_its_statement(connect) -> None:
    asks = BOOK.engine.asks(connect(), BOOK)
    assert all("{" not in asks.sql(ask) for ask in Ask)
