"""T07: a takeover ends only when the ledger says what the journal says; a real MySQL, a journal in memory."""

from contextlib import contextmanager
from types import SimpleNamespace
from uuid import uuid4

import pytest

from durable.entry import EntryState, JournalEntry, Unreadable
from durable.ledger import Ledger
from durable.recovery import FencedLedger
from durable.validation import JournalValidation
from intake.principal import scoped
from tests.unit.durable.engines import InMySQL, mysql_server
from tests.unit.trading.conftest import TERMS
from trading.book import BOOK
from trading.order import Cancel, Order

EPOCH = 8


@pytest.fixture(scope="module")
def server():
    with mysql_server("mysql") as made:
        yield InMySQL(*made, book=BOOK)


class Site(SimpleNamespace):
    """A region after its replay: what is journalled, and the ledger."""

    def placed(self, by="ada", number=1, **other) -> JournalEntry:
        order = Order(**TERMS)
        return self.keep(order, key=f"order-{number:04}", entry_id=str(uuid4()), by=by, **other)

    def cancelled(self, placed: JournalEntry, **other) -> JournalEntry:
        cancel = Cancel(cancels=placed.entry_id)
        return self.keep(cancel, key=cancel.key, entry_id=cancel.entry_id, by=placed.principal, **other)

    def keep(self, request, *, key, entry_id, by, epoch=7, booked=True) -> JournalEntry:
        entry = JournalEntry(
            idempotency_key=scoped(key, by),
            entry_id=entry_id,
            request_hash=request.digest(),
            request=request,
            principal=by,
            epoch=epoch,
            region="us-east-1",
            state=EntryState.SETTLED,
            accepted_at_ms=1_000_000,
        )
        self.journalled[entry.idempotency_key] = entry
        if booked:
            self.ledger.record(entry, epoch=1, region="us-east-1")
        return entry

    def change(self, what: str, entry: JournalEntry) -> None:
        self.server.run(self.connection, f"update {{table}} set {what} where entry_id = '{entry.entry_id}'")  # noqa: S608

    def examine(self) -> tuple[int, int, list[str]]:
        journal = SimpleNamespace(
            look=self.journalled.get,
            came=lambda _entry, settled_at_ms: True,
            entries=lambda _since, until_ms: iter(self.read or self.journalled.values()),
        )

        class OneConnection(FencedLedger):
            @contextmanager
            def ledger(_self):  # noqa: N805 - the site is self here
                yield self.ledger

        database = OneConnection(None, BOOK)
        validation = JournalValidation(journal=journal, database=database, book=BOOK, stop=print)
        found = validation.examine(epoch=EPOCH, until_ms=2_000_000)
        return found.compared, found.accounts, list(found.contradictions)


@pytest.fixture
def site(server):
    server.empty()
    connection = server.connect()
    ledger = Ledger(connection, BOOK)
    ledger.migrate()
    ledger.raise_fence(1)
    yield Site(server=server, connection=connection, ledger=ledger, journalled={}, read=None)
    server.close()


def test_T07_orders_and_cancellations_that_were_replayed_whole_contradict_nothing(site):
    for number, by in enumerate(("ada", "ada", "eve"), 1):
        site.cancelled(site.placed(by, number))
        site.placed(by, number + 10)
    assert site.examine() == (9, 2, [])


def test_T07_an_acknowledged_order_that_the_ledger_lacks_is_named(site):
    site.placed("ada", 1)
    lost = site.placed("eve", 2, booked=False)
    _, _, found = site.examine()
    assert found == [f"{lost.entry_id} is not in the ledger", "the sums of 1 accounts differ"]


def test_T07_a_cancelled_order_that_lives_is_named(site):
    placed = site.placed()
    cancel = site.cancelled(placed)
    site.change(f"cancels = '{uuid4()}'", cancel)
    _, _, found = site.examine()
    assert f"{placed.entry_id} was ended, and the ledger has it as live" in found
    assert f"{cancel.entry_id} is another request in the ledger" in found


def test_T07_an_open_order_that_the_ledger_has_as_cancelled_is_named(site):
    placed = site.placed()
    cancel = site.cancelled(placed)
    del site.journalled[cancel.idempotency_key]
    assert site.examine()[2] == [f"{placed.entry_id} was not ended, and the ledger has it as ended"]


@pytest.mark.parametrize(
    ("change", "sums"),
    [
        ("quantity = quantity + 1", ["the sums of 1 accounts differ"]),
        ("side = 'sell'", []),
        ("principal = 'eve'", ["the sums of 2 accounts differ"]),
        ("request_hash = 'other'", None),
    ],
)
def test_T07_an_order_that_is_another_in_the_ledger_is_named_and_sums_are_compared_by_account(
    site, change, sums
):
    placed = site.placed("ada")
    site.change(change, placed)
    found = site.examine()[2]
    if sums is None:
        assert found[0] == f"{placed.entry_id} waits for a person: contradicted"
    else:
        assert found == [f"{placed.entry_id} is another request in the ledger", *sums]


def test_T07_what_is_under_way_in_the_present_epoch_is_no_contradiction(site):
    placed = site.placed(number=1)
    site.placed(number=2, epoch=EPOCH, booked=False)
    site.cancelled(placed, epoch=EPOCH)
    assert site.examine() == (1, 1, [])


def test_T07_an_entry_that_cannot_be_read_is_a_contradiction(site):
    site.read = [Unreadable("order-0001", None)]
    assert site.examine()[2] == ["an entry waits for a person: unreadable"]


def test_T07_more_than_one_batch_is_compared(site, monkeypatch):
    monkeypatch.setattr("durable.validation.BATCH", 2)
    for number in range(5):
        site.placed(number=number)
    lost = site.placed(number=9, booked=False)
    compared, _, found = site.examine()
    assert (compared, found[0]) == (6, f"{lost.entry_id} is not in the ledger")
