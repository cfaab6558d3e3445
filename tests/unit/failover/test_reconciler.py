"""One region's reconciler over a world in memory, whose one broken thing a test chooses."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from types import SimpleNamespace

import pytest

from failover import reconciler as module
from failover.lease import LeaseState
from failover.lease_table import LeaseUnknown
from failover.reconciler import BATCH, GRACE_MS, Reconciler, handler
from payments.errors import EventsUnavailable, StaleEpoch
from payments.journal import EntryState, IntentPage, JournalEntry
from payments.lease_view import Standing
from payments.outbox import DomainEvent
from payments.request import PaymentRequest
from runtime import clients
from runtime.database import DatabaseUnavailable

from .conftest import EAST, LEASE, NOW, SKEW, WEST
from .test_keeper import ENVIRONMENT

REQUEST = PaymentRequest(amount_minor=5, currency="EUR", debtor="a", creditor="b", reference="")
OLD = NOW - GRACE_MS - 1


def entry(number: int, accepted_at_ms: int = OLD) -> JournalEntry:
    return JournalEntry(
        idempotency_key=f"key-{number:05}",
        payment_id=f"id-{number}",
        request_hash=REQUEST.digest(),
        request=REQUEST,
        epoch=6,
        region=WEST,
        state=EntryState.INTENT,
        accepted_at_ms=accepted_at_ms,
    )


def event(number: int) -> DomainEvent:
    return DomainEvent(
        event_id=f"event-{number:03}",
        type="PaymentSettled",
        payment_id=f"id-{number}",
        amount_minor=5,
        currency="EUR",
        epoch=7,
        region=EAST,
        settled_at="",
    )


class World(SimpleNamespace):
    """Lease, journal (in pages of `page` entries), ledger, outbox and bus of the east."""

    def __init__(self) -> None:
        super().__init__(
            lease=LEASE,
            journalled={},
            rows=set(),
            fence=7,
            unpublished=[],
            published=[],
            page=1_000,
            seconds=0.0,
            sessions=0,
            migrated=0,
            when_page_read=lambda: None,
            when_recorded=lambda: None,
            when_published=lambda: None,
            refused=set(),
        )

    def clock(self) -> int:
        return NOW

    def elapsed(self) -> float:
        return self.seconds

    def keep(self, *entries: JournalEntry) -> None:
        self.journalled |= {each.idempotency_key: each for each in entries}

    def state(self, number: int) -> EntryState:
        return self.journalled[f"key-{number:05}"].state

    # the lease table
    def read(self):
        return self.lease

    # the journal
    def stale_intents(self, before_ms: int, after: str | None) -> IntentPage:
        keys = sorted(key for key in self.journalled if after is None or key > after)
        shown = [self.journalled[key] for key in keys[: self.page]]
        last = keys[self.page - 1] if len(keys) > self.page else None
        self.when_page_read()
        stale = [e for e in shown if e.state is EntryState.INTENT and e.accepted_at_ms < before_ms]
        return IntentPage(entries=stale, last=last, read=len(shown))

    def settle(self, key: str) -> None:
        self.journalled[key] = replace(self.journalled[key], state=EntryState.SETTLED)

    # the database: ledger and outbox
    @contextmanager
    def session(self) -> Iterator["World"]:
        self.sessions += 1
        yield self

    def migrate(self) -> None:
        self.migrated += 1

    def known(self, keys: object) -> set[str]:
        return set(keys) & self.rows

    def record(self, entry: JournalEntry, *, epoch: int, region: str) -> None:
        self.when_recorded()
        if (epoch, region) != (self.fence, EAST):
            raise StaleEpoch(epoch)
        self.rows.add(entry.idempotency_key)

    def pending(self, most: int) -> list[DomainEvent]:
        return self.unpublished[:most]

    def mark(self, ids: list[str]) -> None:
        self.unpublished = [e for e in self.unpublished if e.event_id not in ids]

    # the bus
    def publish(self, events: list[DomainEvent]) -> list[str]:
        self.when_published()
        taken = [e.event_id for e in events if e.event_id not in self.refused]
        self.published += taken
        return taken


@pytest.fixture
def world(monkeypatch) -> World:
    monkeypatch.setattr(module, "Ledger", lambda connection: connection)
    monkeypatch.setattr(module, "Outbox", lambda connection: connection)
    return World()


@pytest.fixture
def reconciler(world) -> Reconciler:
    return reconciler_in(EAST, world)


def reconciler_in(region: str, world: World) -> Reconciler:
    return Reconciler(
        region=region,
        skew_ms=SKEW,
        leases=world,
        journal=world,
        database=world,
        bus=world,
        clock=world.clock,
        elapsed=world.elapsed,
    )


def test_an_intent_that_nobody_settled_is_settled_under_its_key(world, reconciler) -> None:
    world.keep(entry(1), entry(2, accepted_at_ms=OLD - 4_000))
    report = reconciler.run()
    assert (report.settled, report.replayed, report.oldest_ms) == (2, 2, GRACE_MS + 4_001)
    assert world.rows == {"key-00001", "key-00002"}
    assert (world.state(1), world.state(2)) == (EntryState.SETTLED, EntryState.SETTLED)
    assert reconciler.run().settled == 0


def test_an_intent_that_the_ledger_has_is_only_marked(world, reconciler) -> None:
    world.keep(entry(1))
    world.rows = {"key-00001"}
    report = reconciler.run()
    assert (report.settled, report.replayed, world.state(1)) == (1, 0, EntryState.SETTLED)


def test_an_intent_of_a_request_that_may_still_run_is_left_alone(world, reconciler) -> None:
    world.keep(entry(1, accepted_at_ms=NOW - GRACE_MS))
    assert (reconciler.run().settled, world.state(1)) == (0, EntryState.INTENT)


@pytest.mark.parametrize(
    ("lease", "standing"),
    [
        (None, Standing.NO_LEASE),
        (replace(LEASE, holder=WEST), Standing.NOT_HOLDER),
        (replace(LEASE, state=LeaseState.TAKING), Standing.NOT_ACTIVE),
        (replace(LEASE, state=LeaseState.DRAINING), Standing.NOT_ACTIVE),
        (replace(LEASE, expires_at_ms=NOW + SKEW), Standing.LEASE_EXPIRED),
    ],
)
def test_only_the_holder_of_an_active_lease_does_anything(world, reconciler, lease, standing) -> None:
    world.lease = lease
    world.keep(entry(1))
    world.unpublished = [event(1)]
    report = reconciler.run()
    assert (report.standing, report.read, report.settled, report.published) == (standing, 0, 0, 0)
    assert (world.sessions, world.published, world.state(1)) == (0, [], EntryState.INTENT)


def test_a_lease_that_cannot_be_read_ends_the_run(world, reconciler) -> None:
    def unknown() -> None:
        raise LeaseUnknown("no answer")

    world.read = unknown
    with pytest.raises(LeaseUnknown):
        reconciler.run()
    assert world.sessions == 0


@pytest.mark.parametrize(
    "lost",
    [{"holder": WEST, "epoch": 8}, {"epoch": 9}, {"state": LeaseState.DRAINING}, {"expires_at_ms": NOW}],
)
def test_a_lease_lost_after_the_entries_were_read_settles_nothing(world, reconciler, lost) -> None:
    """The successor may have read the journal already: what is settled now it would not replay."""
    world.keep(entry(1))
    world.when_page_read = lambda: setattr(world, "lease", replace(LEASE, **lost))
    report = reconciler.run()
    assert (report.settled, world.rows, world.state(1)) == (0, set(), EntryState.INTENT)


def test_a_fence_of_another_epoch_settles_nothing(world, reconciler) -> None:
    world.keep(entry(1))
    world.fence = 8
    with pytest.raises(StaleEpoch):
        reconciler.run()
    assert world.state(1) is EntryState.INTENT


def test_what_the_ledger_does_not_have_afterwards_is_not_settled(world, reconciler) -> None:
    world.keep(entry(1))
    world.known = lambda keys: set()
    with pytest.raises(DatabaseUnavailable, match="1 payments are not in the ledger"):
        reconciler.run()
    assert world.state(1) is EntryState.INTENT


def test_a_run_searches_no_longer_than_agreed_and_the_next_goes_on_there(world, reconciler) -> None:
    world.page = 10
    world.keep(*(entry(number) for number in range(50)))

    def pages_are_slow() -> None:
        world.seconds += 10

    world.when_page_read = pages_are_slow
    first = reconciler.run()
    assert (first.read, first.settled) == (30, 20)  # the third page came after 25 s: nothing begins then
    world.when_page_read = lambda: None
    world.seconds = 100.0
    second = reconciler.run()
    assert (second.read, second.settled) == (30, 30)
    assert reconciler.run().read == 50


def test_pages_without_intents_take_time_too(world, reconciler) -> None:
    world.page = 1
    world.keep(*(entry(number, accepted_at_ms=NOW) for number in range(10)))
    world.when_page_read = lambda: setattr(world, "seconds", world.seconds + 13)
    assert reconciler.run().read == 2


def test_a_large_page_is_settled_in_batches_and_read_again_by_the_next_run(world, reconciler) -> None:
    world.keep(*(entry(number) for number in range(3 * BATCH)))

    def ledger_is_slow() -> None:
        world.seconds += 0.2

    world.when_recorded = ledger_is_slow
    first = reconciler.run()
    assert first.settled == 2 * BATCH  # 20 s each: the third is not begun
    assert reconciler.run().settled == BATCH


def test_events_are_published_in_order_and_marked_after_the_answer(world, reconciler) -> None:
    world.unpublished = [event(number) for number in range(25)]
    assert reconciler.run().published == 25
    assert (world.published, world.unpublished) == ([f"event-{n:03}" for n in range(25)], [])


def test_without_a_bus_events_are_kept(world, reconciler, capsys) -> None:
    world.unpublished = [event(1)]

    def no_bus() -> None:
        raise EventsUnavailable("no bus")

    world.when_published = no_bus
    assert (reconciler.run().published, world.unpublished) == (0, [event(1)])


def test_what_the_bus_refuses_is_kept_and_tried_again_later(world, reconciler) -> None:
    world.unpublished = [event(1), event(2), event(3)]
    world.refused = {"event-002"}
    assert (reconciler.run().published, world.unpublished) == (2, [event(2)])
    world.refused = set()
    assert (reconciler.run().published, world.unpublished) == (1, [])


def test_publishing_ends_in_time(world, reconciler) -> None:
    world.unpublished = [event(number) for number in range(100)]
    world.when_published = lambda: setattr(world, "seconds", world.seconds + 20)
    assert reconciler.run().published == 30


def test_the_schema_is_there_before_anything_is_written(world, reconciler) -> None:
    reconciler.run()
    assert world.migrated == 1


@pytest.fixture
def composed(world, reconciler, monkeypatch):
    measured: list[dict[str, object]] = []
    meter = SimpleNamespace(record=measured.append)
    monkeypatch.setattr(module, "_composed", lambda: (reconciler, meter))
    return measured


def test_the_holders_run_is_measured(world, composed) -> None:
    world.keep(entry(1))
    world.unpublished = [event(1)]
    done = json.loads(json.dumps(handler({}, object())))
    assert (done["standing"], done["settled"], done["published"]) == ("H90_ready", 1, 1)
    [measured] = composed
    assert {name: value for name, (_, value) in measured.items()} == {
        "IntentsSettled": 1,
        "PaymentsReplayed": 1,
        "OldestIntentAge": GRACE_MS + 1,
        "EventsPublished": 1,
    }


def test_another_regions_run_says_why_it_did_nothing(world, composed) -> None:
    world.lease = replace(LEASE, holder=WEST)
    assert (handler({}, object())["standing"], composed) == ("H30_not_holder", [])


def test_the_reconciler_composes_itself_once_from_its_environment(monkeypatch) -> None:
    for key, value in ENVIRONMENT.items():
        monkeypatch.setenv(key, value)
    try:
        assert module._composed() is module._composed()
    finally:
        module._composed.cache_clear()
        clients.client.cache_clear()
