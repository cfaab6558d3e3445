"""One region's reconciler over a world in memory, whose one broken thing a test chooses."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from types import SimpleNamespace

import pytest

from failover import reconciler as module
from failover.arrears import BATCH, GRACE_MS, STALE_MS, Arrears
from failover.lease import LeaseState
from failover.lease_table import LeaseUnknown
from failover.reconciler import SEARCH_S, Reconciler, handler
from lib import config
from payments.arrivals import MINUTE_MS, minute_of
from payments.entry import EntryState, JournalEntry
from payments.errors import EventsUnavailable, JournalUnavailable, StaleEpoch
from payments.lease_view import Standing
from payments.outbox import DomainEvent
from payments.payment_flow import PATIENCE_MS
from payments.request import PaymentRequest
from runtime import clients
from runtime.database import DatabaseUnavailable

from .scene import EAST, LEASE, NOW, SKEW, WEST
from .test_keeper import ENVIRONMENT

REQUEST = PaymentRequest(amount_minor=5, currency="EUR", debtor="a", creditor="b", reference="")
OLD = NOW - STALE_MS - 1
MARK = minute_of(NOW - GRACE_MS) - 1
"""One minute is over for long enough; after it two are, but not for long, and the present one is not."""


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
    """Lease, journal, ledger, outbox and bus of the east.

    An entry came in the minute in which it was accepted, unless `arrivals` says otherwise.
    """

    def __init__(self) -> None:
        super().__init__(
            lease=LEASE,
            now=NOW,
            journalled={},
            arrivals=[],
            read_minutes=[],
            rows=set(),
            fence=7,
            minute=MARK,
            unpublished=[],
            published=[],
            seconds=0.0,
            sessions=0,
            migrated=0,
            when_read=lambda: None,
            when_recorded=lambda: None,
            when_published=lambda: None,
            refused=set(),
        )

    def clock(self) -> int:
        return self.now

    def elapsed(self) -> float:
        return self.seconds

    def goes_on(self, ms: int) -> None:
        """Later, under the same lease."""
        self.now += ms
        self.lease = replace(self.lease, expires_at_ms=self.lease.expires_at_ms + ms)

    def keep(self, *entries: JournalEntry) -> None:
        self.journalled |= {each.idempotency_key: each for each in entries}
        self.arrivals += [(minute_of(each.accepted_at_ms), each) for each in entries]

    def state(self, number: int) -> EntryState:
        return self.journalled[f"key-{number:05}"].state

    # the lease table
    def read(self):
        return self.lease

    # the journal
    def entries(self, since: int | None) -> Iterator[JournalEntry]:
        assert since is None
        for each in list(self.journalled.values()):
            self.when_read()
            yield each

    def arrived(self, minute: int) -> Iterator[JournalEntry]:
        self.read_minutes.append(minute)
        self.when_read()
        yield from [replace(each, state=EntryState.INTENT) for came, each in self.arrivals if came == minute]

    def settled(self, keys: list[str]) -> set[str]:
        return {key for key in keys if self.journalled[key].state is EntryState.SETTLED}

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

    def marked(self) -> int | None:
        return self.minute

    def advance_mark(self, minute: int, *, epoch: int) -> None:
        if epoch != self.fence:
            raise StaleEpoch(epoch)
        self.minute = max(minute, self.minute or 0)

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
        arrears=Arrears(region=region, journal=world, clock=world.clock),
        database=world,
        bus=world,
        clock=world.clock,
        elapsed=world.elapsed,
    )


# what is late


def test_an_intent_that_nobody_settled_is_settled_under_its_key(world, reconciler) -> None:
    world.keep(entry(1), entry(2, accepted_at_ms=OLD - 4_000))
    report = reconciler.run()
    assert (report.settled, report.replayed, report.oldest_ms) == (2, 2, STALE_MS + 4_001)
    assert world.rows == {"key-00001", "key-00002"}
    assert (world.state(1), world.state(2)) == (EntryState.SETTLED, EntryState.SETTLED)
    assert reconciler.run().settled == 0


def test_an_intent_of_a_request_that_may_still_run_is_left_alone(world, reconciler) -> None:
    world.keep(entry(1, accepted_at_ms=NOW - STALE_MS))
    assert (reconciler.run().settled, world.state(1)) == (0, EntryState.INTENT)


def test_an_intent_that_the_ledger_has_is_marked_when_its_minute_is_over(world, reconciler) -> None:
    world.keep(entry(1))
    world.rows = {"key-00001"}
    assert (reconciler.run().settled, world.state(1)) == (0, EntryState.INTENT)
    world.goes_on(GRACE_MS + MINUTE_MS)
    report = reconciler.run()
    assert (report.settled, report.replayed, world.state(1)) == (1, 0, EntryState.SETTLED)


def test_an_old_entry_that_came_again_is_found_where_it_came(world, reconciler) -> None:
    world.journalled = {"key-00001": entry(1, accepted_at_ms=NOW - 86_400_000)}
    world.arrivals = [(minute_of(NOW), world.journalled["key-00001"])]
    assert reconciler.run().replayed == 0
    world.goes_on(STALE_MS)
    report = reconciler.run()
    assert (report.replayed, world.state(1), report.oldest_ms) == (1, EntryState.SETTLED, 86_430_000)


# the mark


def test_a_minute_that_is_over_for_long_enough_is_compared_whole_and_passed(world, reconciler) -> None:
    lost = replace(entry(1, accepted_at_ms=MARK * MINUTE_MS), state=EntryState.SETTLED)
    world.keep(lost, entry(2, accepted_at_ms=MARK * MINUTE_MS))
    world.rows = {"key-00002"}
    report = reconciler.run()
    assert (report.replayed, report.settled, world.minute) == (1, 1, MARK + 1)
    assert world.rows == {"key-00001", "key-00002"}
    assert world.state(2) is EntryState.SETTLED


@pytest.mark.parametrize(("moment", "passed"), [(-1, 0), (0, 1)])
def test_the_mark_passes_no_minute_that_may_still_grow(world, reconciler, moment, passed) -> None:
    world.now = (MARK + 1) * MINUTE_MS + GRACE_MS + moment
    reconciler.run()
    assert world.minute == MARK + passed


def test_minutes_are_read_from_the_mark_to_where_something_can_be_late(world, reconciler) -> None:
    reconciler.run()
    assert world.read_minutes == list(range(MARK, minute_of(NOW - STALE_MS) + 1))
    world.read_minutes = []
    reconciler.run()
    assert world.read_minutes == list(range(MARK + 1, minute_of(NOW - STALE_MS) + 1))


def test_a_payment_that_came_twice_in_a_minute_is_replayed_once(world, reconciler) -> None:
    world.keep(*[entry(1, accepted_at_ms=MARK * MINUTE_MS)] * 2)
    report = reconciler.run()
    assert (report.replayed, report.settled) == (1, 1)


def test_the_mark_stays_where_the_ledger_could_not_be_written(world, reconciler) -> None:
    world.keep(entry(1, accepted_at_ms=MARK * MINUTE_MS))
    world.known = lambda keys: set()
    with pytest.raises(DatabaseUnavailable, match="1 payments are not in the ledger"):
        reconciler.run()
    assert (world.state(1), world.minute) == (EntryState.INTENT, MARK)


def test_a_fence_of_another_epoch_keeps_the_mark(world, reconciler) -> None:
    world.fence = 8
    with pytest.raises(StaleEpoch):
        reconciler.run()
    assert world.minute == MARK


def test_after_a_long_time_the_mark_catches_up_over_several_runs(world, reconciler) -> None:
    world.minute = MARK - 99
    world.when_read = lambda: setattr(world, "seconds", world.seconds + 0.4)
    marks = []
    while not marks or marks[-1] < MARK + 1:
        reconciler.run()
        marks.append(world.minute)
    assert marks == [MARK - 36, MARK + 1]  # 63 minutes are begun in 25 s


# the first mark


@pytest.mark.parametrize("state", EntryState)
def test_without_a_mark_the_whole_journal_is_compared_once(world, reconciler, state) -> None:
    world.minute = None
    world.keep(replace(entry(1, accepted_at_ms=5), state=state), entry(2, accepted_at_ms=NOW))
    report = reconciler.run()
    assert (report.read, report.replayed, world.rows) == (2, 2, {"key-00001", "key-00002"})
    assert (world.state(1), world.minute) == (EntryState.SETTLED, MARK + 1)
    assert reconciler.run().read == 0


def searched_in_parts(world) -> None:
    """A run of the search reads three batches."""
    world.minute = None
    world.keep(*(entry(number, accepted_at_ms=5) for number in range(5 * BATCH)))
    world.when_read = lambda: setattr(world, "seconds", world.seconds + SEARCH_S / 2.5 / BATCH)


def test_the_first_search_goes_on_where_it_ended_and_marks_when_it_began(world, reconciler) -> None:
    searched_in_parts(world)
    assert (reconciler.run().replayed, world.minute) == (3 * BATCH, None)
    world.goes_on(10 * MINUTE_MS)
    assert (reconciler.run().replayed, world.minute) == (2 * BATCH, MARK + 1)


@pytest.mark.parametrize("lost", [{"holder": WEST, "epoch": 8}, {"state": LeaseState.DRAINING}])
def test_the_first_search_begins_anew_when_the_lease_was_lost_meanwhile(world, reconciler, lost) -> None:
    searched_in_parts(world)
    reconciler.run()
    held = LEASE
    world.when_recorded = lambda: setattr(world, "lease", replace(held, **lost))
    assert reconciler.run().read == 2 * BATCH  # the second of them was not settled
    world.lease, world.when_recorded = held, lambda: None
    assert reconciler.run().read == 3 * BATCH


def test_the_first_search_begins_anew_in_another_epoch(world, reconciler) -> None:
    searched_in_parts(world)
    reconciler.run()
    world.lease, world.fence = replace(LEASE, epoch=9), 9
    world.rows = set()
    assert reconciler.run().replayed == 3 * BATCH


def test_the_first_search_begins_anew_after_a_failure(world, reconciler) -> None:
    searched_in_parts(world)
    reconciler.run()
    real, world.settled = world.settled, raising(JournalUnavailable("cut"))
    with pytest.raises(JournalUnavailable):
        reconciler.run()
    world.settled, world.rows = real, set()
    assert reconciler.run().replayed == 3 * BATCH


# the lease and the fence


def raising(error: Exception):
    def fail(*_: object) -> None:
        raise error

    return fail


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
    world.when_read = lambda: setattr(world, "lease", replace(LEASE, **lost))
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
    world.keep(*(entry(number, accepted_at_ms=MARK * MINUTE_MS) for number in range(3 * BATCH)))

    def ledger_is_slow() -> None:
        world.seconds += 0.2

    world.when_recorded = ledger_is_slow
    first = reconciler.run()
    assert (first.settled, world.minute) == (2 * BATCH, MARK)  # 20 s each: the third is not begun
    assert (reconciler.run().settled, world.minute) == (BATCH, MARK + 1)


def test_minutes_without_arrivals_take_time_too(world, reconciler) -> None:
    world.when_read = lambda: setattr(world, "seconds", world.seconds + 13)
    reconciler.run()
    assert len(world.read_minutes) == 2


# events


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
    monkeypatch.setattr(module, "now_ms", world.clock)
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
        "OldestIntentAge": STALE_MS + 1,
        "EventsPublished": 1,
        "MarkAge": NOW - (MARK + 1) * MINUTE_MS,
    }


def test_without_a_mark_its_age_is_not_measured(world, composed) -> None:
    world.minute, world.when_read = None, lambda: setattr(world, "seconds", 26.0)
    world.keep(*(entry(number) for number in range(2 * BATCH)))
    assert handler({}, object())["mark"] is None
    assert "MarkAge" not in composed[0]


def test_a_mark_passes_nothing_that_a_request_can_still_acknowledge() -> None:
    """Clocks may differ by twice the skew of the settings, and be set back by as much meanwhile."""
    skew_ms = config.load({"ENVIRONMENT_SUFFIX": "test"}).protocol.clock_skew_s * 1000
    assert max(PATIENCE_MS, 10_000) + 4 * skew_ms < GRACE_MS


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
