from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from types import SimpleNamespace
from uuid import uuid4

import pytest

from durable.entry import EntryState
from durable.errors import JournalUnavailable
from durable.lease_view import RecentLease
from durable.ledger import Ledger
from durable.ledger_connection import LedgerConnection
from durable.set_aside import NotRecordable, SetAside, Why
from failover.lease import LeaseState
from failover.lease_table import LeaseUnknown
from failover.ports import StaleEpoch
from intake.problems import Problem, Refused
from intake.request_flow import RequestFlow
from payments.book import BOOK
from runtime.database import DatabaseUnavailable

KEY = "order-0001"


def flow_in(world, *, region: str = "us-east-1", ledger=None) -> RequestFlow:
    return RequestFlow(
        region=region,
        ttl_ms=30_000,
        skew_ms=2_000,
        lease=RecentLease(world, world.clock, world.steady_s),
        journal=world,
        early=world,
        ledger=ledger or world,
        clock=world.clock,
        new_id=lambda: str(uuid4()),
    )


def failing(error: Exception) -> Callable[[], None]:
    def fail() -> None:
        raise error

    return fail


def refused(flow: RequestFlow, request) -> Refused:
    with pytest.raises(Refused) as caught:
        flow.take(KEY, request)
    return caught.value


@pytest.fixture
def request_(entry):
    return entry.request


def test_a_payment_is_journalled_settled_and_answered(world, request_) -> None:
    steps: list[str] = []
    world.when_accepted = lambda: steps.append("journal")
    world.when_recorded = lambda: steps.append("ledger")
    world.when_settled = lambda: steps.append("settle")
    entry, settled = flow_in(world).take(KEY, request_)
    assert (settled, entry.epoch, entry.region) == (True, 7, "us-east-1")
    assert (entry.accepted_at_ms, entry.request_hash) == (world.now_ms, request_.digest())
    assert steps == ["journal", "ledger", "settle"]
    assert world.entries[KEY] == replace(entry, state=EntryState.SETTLED)
    assert (world.rows, world.epochs) == ({entry.entry_id: request_}, {KEY: (7, "us-east-1")})


def test_a_repeated_request_gets_the_same_payment_and_touches_no_ledger(world, request_) -> None:
    flow = flow_in(world)
    first, _ = flow.take(KEY, request_)
    world.when_recorded = failing(AssertionError("a settled payment was recorded again"))
    again, settled = flow.take(KEY, request_)
    assert (again.entry_id, settled) == (first.entry_id, True)


def test_a_key_of_another_payment_is_refused_and_nothing_is_written(world, request_) -> None:
    flow = flow_in(world)
    flow.take(KEY, request_)
    before = (dict(world.entries), dict(world.rows))
    other = replace(request_, amount_minor=9)
    assert refused(flow, other).problem is Problem.KEY_REUSED
    assert (world.entries, world.rows) == before


@pytest.mark.parametrize(
    ("lease", "rule"),
    [
        ({"holder": "us-west-2"}, "H30"),
        ({"state": LeaseState.TAKING}, "H40"),
        ({"state": LeaseState.DRAINING}, "H40"),
        ({"expires_at_ms": 1_002_000}, "H50"),
        ({"expires_at_ms": 1_034_001}, "H55"),
    ],
)
def test_without_the_lease_nothing_is_journalled(world, request_, lease, rule) -> None:
    world.lease = replace(world.lease, **lease)
    found = refused(flow_in(world), request_)
    assert found.problem is Problem.UNAVAILABLE
    assert rule in found.detail
    assert world.entries == {}


def test_before_the_first_lease_nothing_is_journalled(world, request_) -> None:
    world.lease = None
    assert "H20" in refused(flow_in(world), request_).detail
    assert world.entries == {}


def test_a_clock_that_is_set_back_during_a_request_journals_nothing(world, request_) -> None:
    before_ms = world.now_ms - 180_000
    world.when_lease_read = lambda: setattr(world, "now_ms", before_ms)
    world.lease = replace(world.lease, expires_at_ms=before_ms + 30_000)
    assert "too slow" in refused(flow_in(world), request_).detail
    assert world.entries == {}


def test_an_unknown_lease_is_not_a_lease(world, request_) -> None:
    world.when_lease_read = failing(LeaseUnknown("no answer"))
    assert "H10" in refused(flow_in(world), request_).detail
    assert world.entries == {}


def test_a_cached_lease_expires_on_time(world, request_) -> None:
    flow = flow_in(world)
    world.lease = replace(world.lease, expires_at_ms=world.now_ms + 2_400)
    flow.take(KEY, request_)
    world.now_ms += 400
    assert "H50" in refused(flow, request_).detail
    assert world.reads == 1


def test_without_the_journal_nothing_is_recorded(world, request_) -> None:
    world.when_accepted = failing(JournalUnavailable("no answer"))
    assert refused(flow_in(world), request_).problem is Problem.UNAVAILABLE
    assert world.rows == {}


def test_without_the_ledger_a_journalled_payment_is_accepted_and_settles_later(world, request_) -> None:
    flow = flow_in(world)
    world.when_recorded = failing(DatabaseUnavailable("no answer"))
    entry, settled = flow.take(KEY, request_)
    assert (settled, world.entries[KEY].state) == (False, EntryState.INTENT)
    world.when_recorded = lambda: None
    again, settled = flow.take(KEY, request_)
    assert (settled, again.entry_id) == (True, entry.entry_id)


@pytest.mark.parametrize(
    ("why", "problem"),
    [
        (Why.CONTRADICTED, Problem.KEY_REUSED),
        (Why.REFUSED, Problem.INTERNAL),
    ],
)
def test_what_the_ledger_can_never_take_is_not_acknowledged(world, request_, why, problem) -> None:
    found = SetAside(idempotency_key=KEY, entry_id="id-1", why=why)
    world.when_recorded = failing(NotRecordable(found))
    assert refused(flow_in(world), request_).problem is problem
    assert world.entries[KEY].state is EntryState.INTENT


def test_a_journal_that_forgot_a_payment_pays_nothing_under_its_key(world, ledger, request_) -> None:
    """The table was restored; the ledger kept the payment, and the same key comes with another body."""
    kept = SimpleNamespace(use=lambda work: work(ledger))
    ledger.raise_fence(7)
    flow = flow_in(world, ledger=kept)
    first, _ = flow.take(KEY, request_)
    for body in (replace(request_, amount_minor=9), request_):
        world.entries.clear()
        assert refused(flow, body).problem is Problem.KEY_REUSED
        assert world.entries[KEY].state is EntryState.INTENT
    assert ledger.recorded([KEY]) == {KEY: first.identity}


def test_a_fenced_writer_acknowledges_nothing(world, request_) -> None:
    world.when_recorded = failing(StaleEpoch(7))
    assert "H70" in refused(flow_in(world), request_).detail
    assert world.entries[KEY].state is EntryState.INTENT


def test_an_intent_of_an_older_epoch_is_settled_under_the_current_one(world, request_) -> None:
    world.when_recorded = failing(StaleEpoch(7))
    refused(flow_in(world), request_)
    world.when_recorded = lambda: None
    world.lease = replace(world.lease, epoch=8, holder="us-west-2")
    journalled = world.entries[KEY]
    entry, settled = flow_in(world, region="us-west-2").take(KEY, request_)
    assert (settled, entry) == (True, journalled)
    assert world.epochs == {KEY: (8, "us-west-2")}


def test_a_writer_that_stalled_past_its_lease_marks_nothing_settled(world, request_) -> None:
    """Its ledger may be the one nobody reads any more: the watermark would make the successor lie."""
    world.when_recorded = lambda: setattr(world, "now_ms", world.now_ms + 3_500)
    world.lease = replace(world.lease, expires_at_ms=world.now_ms + 5_000)
    assert "H50" in refused(flow_in(world), request_).detail
    assert world.entries[KEY].state is EntryState.INTENT


def test_a_lease_lost_while_the_ledger_failed_is_not_even_accepted(world, request_) -> None:
    def lose_both() -> None:
        world.now_ms += 1_500
        world.lease = replace(world.lease, epoch=8, holder="us-west-2")
        raise DatabaseUnavailable("no answer")

    world.when_recorded = lose_both
    assert "H30" in refused(flow_in(world), request_).detail


def test_a_lease_lost_while_settling_is_not_acknowledged(world, request_) -> None:
    world.lease = replace(world.lease, expires_at_ms=world.now_ms + 3_000)
    world.when_settled = lambda: setattr(world, "now_ms", world.now_ms + 1_000)
    assert "H50" in refused(flow_in(world), request_).detail


def test_a_payment_that_a_successor_settled_is_not_acknowledged_under_a_lost_lease(world, request_) -> None:
    """Found by the model: the request slept before the journal, and its key was settled meanwhile."""
    flow = flow_in(world)
    flow.take(KEY, request_)

    def sleep() -> None:
        world.now_ms += 1_500
        world.lease = replace(world.lease, epoch=8, holder="us-west-2")

    world.when_accepted = sleep
    assert "H30" in refused(flow, request_).detail


def test_a_lease_that_came_back_in_a_later_epoch_is_another_lease(world, request_) -> None:
    def lose_and_win() -> None:
        world.now_ms += 1_500
        world.lease = replace(world.lease, epoch=9)

    world.when_recorded = lose_and_win
    assert "H70" in refused(flow_in(world), request_).detail
    assert world.entries[KEY].state is EntryState.INTENT


def test_a_payment_that_could_not_be_marked_is_settled_all_the_same(world, request_) -> None:
    world.when_settled = failing(JournalUnavailable("no answer"))
    entry, settled = flow_in(world).take(KEY, request_)
    assert settled
    assert entry.entry_id in world.rows


def test_concurrent_requests_of_one_key_make_one_payment(world, request_, connect, ledger) -> None:
    world.lease = replace(world.lease, epoch=1)
    database = SimpleNamespace(connect=connect)
    flows = [flow_in(world, ledger=LedgerConnection(database, BOOK, limit_s=60)) for _ in range(6)]
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda flow: flow.take(KEY, request_), flows))
    [(entry_id, settled)] = {(entry.entry_id, settled) for entry, settled in answers}
    assert (settled, Ledger(connect(), BOOK).find(entry_id)) == (True, request_)
    assert connect().run("select count(*) from ledger.payments") == [[1]]
