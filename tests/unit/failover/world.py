"""The world of one region's reconciler, in memory: a test chooses the one broken thing in it."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from types import SimpleNamespace

from durable.announcements import Announcements
from durable.arrivals import minute_of
from durable.backlog import GRACE_MS, STALE_MS, Backlog
from durable.entry import EntryState, Identity, JournalEntry, Kept
from durable.ledger import Row
from durable.outbox import DomainEvent, Waiting
from durable.reconciler import Reconciler
from durable.set_aside import NotRecordable, SetAside
from failover.operations import TakeoverCompleted
from failover.ports import StaleEpoch
from payments.book import BOOK
from payments.payment import PaymentRequest
from runtime.clock import Clock

from .scene import EAST, LEASE, NOW, SKEW, TTL, WEST

REQUEST = PaymentRequest(amount_minor=5, currency="EUR", debtor="a", creditor="b", reference="")
OLD = NOW - STALE_MS - 1
MARK = minute_of(NOW - GRACE_MS) - 1
"""One minute is over for long enough; after it two are, but not for long, and the present one is not."""


def entry(number: int, accepted_at_ms: int = OLD) -> JournalEntry:
    return JournalEntry(
        idempotency_key=f"key-{number:05}",
        entry_id=f"id-{number}",
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
        entry_id=f"id-{number}",
        id_name="payment_id",
        told={"amount_minor": 5, "currency": "EUR"},
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
            settled_at={},
            epochs_announced={LEASE.epoch},
            operations=[],
            others={},
            listed=[],
            refuses={},
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
            put_off_events=[],
            parks=set(),
            tried_parked=0,
            oldest_event_ms=7,
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
    def entries(self, since: int | None, *, until_ms: int = 0) -> Iterator[JournalEntry]:
        assert since is None
        for each in list(self.journalled.values()):
            self.when_read()
            yield each

    def arrived(self, minute: int) -> Iterator[JournalEntry]:
        self.read_minutes.append(minute)
        self.when_read()
        yield from [_arrived(each) for came, each in self.arrivals if came == minute]

    def settled(self, keys: list[str]) -> set[str]:
        return {key for key in keys if getattr(self.journalled[key], "state", None) is EntryState.SETTLED}

    def settle(self, entry: JournalEntry) -> None:
        key = entry.idempotency_key
        self.journalled[key] = replace(self.journalled[key], state=EntryState.SETTLED)

    def look(self, key: str) -> Kept | None:
        return self.journalled.get(key)

    def came(self, entry: JournalEntry, *, settled_at_ms: int) -> bool:
        assert settled_at_ms == self.settled_at.get(entry.idempotency_key, entry.accepted_at_ms)
        return any(each.idempotency_key == entry.idempotency_key for _, each in self.arrivals)

    # the database: ledger and outbox
    @contextmanager
    def session(self) -> Iterator["World"]:
        self.sessions += 1
        yield self

    def migrate(self) -> None:
        self.migrated += 1

    def recorded(self, keys: list[str]) -> dict[str, Identity]:
        """`rows` are those of the journal's own payments, `others` are others under their keys."""
        return {key: self.journalled[key].identity for key in set(keys) & self.rows} | {
            key: of for key, of in self.others.items() if key in keys
        }

    def newest(self, most: int) -> dict[str, Row]:
        """Payments were settled when they were accepted, unless `settled_at` says otherwise."""
        known = [self.journalled[key] for key in self.rows if isinstance(self.journalled[key], JournalEntry)]
        at_ms = {each: self.settled_at.get(each.idempotency_key, each.accepted_at_ms) for each in known}
        ordered = sorted(known, key=lambda each: (-at_ms[each], each.idempotency_key))
        return {each.idempotency_key: Row(each.identity, at_ms[each]) for each in ordered[:most]}

    def settled_in(self, minute: int, most: int, *, last: bool) -> dict[str, Row]:
        inside = [
            (key, row) for key, row in self.newest(99_999).items() if minute_of(row.settled_at_ms) == minute
        ]
        return dict(inside[:most] if last else inside[::-1][:most])

    def noted(self, entry_ids: Iterable[str]) -> set[str]:
        return set(entry_ids)

    def aside(self, most: int) -> list[SetAside]:
        return self.listed[:most]

    def set_aside(self, found: list[SetAside], *, epoch: int) -> None:
        if epoch != self.fence:
            raise StaleEpoch(epoch)
        same = [(one.idempotency_key, one.entry_id) for one in found]
        kept = [one for one in self.listed if (one.idempotency_key, one.entry_id) not in same]
        self.listed = [*kept, *found]

    def take_off(self, key: str, *, epoch: int) -> None:
        self.listed = [one for one in self.listed if one.idempotency_key != key]

    def record(self, entry: JournalEntry, *, epoch: int, region: str) -> None:
        self.when_recorded()
        if (epoch, region) != (self.fence, EAST):
            raise StaleEpoch(epoch)
        if why := self.refuses.get(entry.idempotency_key):
            raise NotRecordable(
                SetAside(idempotency_key=entry.idempotency_key, entry_id=entry.entry_id, why=why)
            )
        self.rows.add(entry.idempotency_key)

    def watermark(self) -> int | None:
        return self.minute

    def advance_watermark(self, minute: int, *, epoch: int) -> None:
        if epoch != self.fence:
            raise StaleEpoch(epoch)
        self.minute = max(minute, self.minute or 0)

    def forget_watermark(self, *, after: int, epoch: int) -> bool:
        forgotten = epoch == self.fence and self.minute is not None and self.minute > after
        self.minute = None if forgotten else self.minute
        return forgotten

    def pending(self, most: int) -> list[DomainEvent]:
        return self.unpublished[:most]

    def mark(self, ids: list[str]) -> None:
        self.unpublished = [e for e in self.unpublished if e.event_id not in ids]

    def put_off(self, ids: list[str]) -> set[str]:
        self.put_off_events += [e for e in self.unpublished if e.event_id in ids]
        self.unpublished = [e for e in self.unpublished if e.event_id not in ids]
        return self.parks & set(ids)

    def try_parked(self) -> None:
        self.tried_parked += 1

    def waiting(self) -> Waiting:
        waits = [*self.unpublished, *self.put_off_events]
        return Waiting(oldest_ms=self.oldest_event_ms if waits else 0, parked=len(self.parks))

    def announced(self, epoch: int) -> bool:
        return epoch in self.epochs_announced

    def announce(self, epoch: int) -> None:
        self.epochs_announced.add(epoch)

    # the bus
    def publish_operations(self, events: list[TakeoverCompleted]) -> list[str]:
        self.when_published()
        taken = [e for e in events if e.event_id not in self.refused]
        self.operations += taken
        return [e.event_id for e in taken]

    def publish(self, events: list[DomainEvent]) -> list[str]:
        self.when_published()
        taken = [e.event_id for e in events if e.event_id not in self.refused]
        self.published += taken
        return taken


def _arrived(entry: Kept) -> Kept:
    return replace(entry, state=EntryState.INTENT) if isinstance(entry, JournalEntry) else entry


def reconciler_in(region: str, world: World, clock: Clock | None = None) -> Reconciler:
    clock = clock or world.clock
    return Reconciler(
        region=region,
        ttl_ms=TTL,
        skew_ms=SKEW,
        leases=world,
        backlog=Backlog(region=region, journal=world, clock=clock),
        database=world,
        book=BOOK,
        bus=world,
        announcements=Announcements(SimpleNamespace(publish=world.publish_operations), clock),
        clock=clock,
        elapsed=world.elapsed,
    )
