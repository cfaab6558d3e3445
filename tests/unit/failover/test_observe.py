import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from types import SimpleNamespace

import pytest
from pg8000.exceptions import InterfaceError

from durable.errors import JournalUnavailable
from durable.recovery import FencedLedger, JournalRecovery
from failover.lease import Handover, Kind, LeaseState
from failover.lease_table import LeaseUnknown
from failover.observation import (
    ApiFact,
    DatabaseFact,
    FenceFact,
    JournalFact,
    LeaseFact,
    Observation,
    ReadyFact,
    TakeoverFact,
)
from failover.observe import Observer
from failover.region_api import ApiUnavailable
from failover.sightings import Sightings
from failover.takeover import Takeover
from payments.book import BOOK
from runtime.database import DatabaseUnavailable
from runtime.logs import logger

from .scene import EAST, LEASE, NOW, TTL, WEST


class Sensors:
    """Everything an observer looks at; a test replaces single readings."""

    def __init__(self, **readings: Callable[[], object]) -> None:
        self.read = readings.get("lease", lambda: LEASE)
        self.writable = readings.get("database", lambda: True)
        self.live = readings.get("api", lambda: True)
        self.fence = readings.get("fence", lambda: [[LEASE.epoch]])
        self.ready = readings.get("ready", lambda: True)
        self.find = lambda _key: readings.get("journal", lambda: None)()
        self.arrived = lambda minute: iter([readings.get("arrivals", lambda: None)()])
        self.asked: list[Takeover] = []

    @contextmanager
    def session(self) -> Iterator[object]:
        yield SimpleNamespace(run=lambda _: self.fence())

    def status(self, takeover: Takeover) -> TakeoverFact:
        self.asked.append(takeover)
        return TakeoverFact.RUNNING


NO_FENCE = {"fence": FenceFact.UNKNOWN}


def failing(error: Exception) -> Callable[[], object]:
    def fail() -> object:
        raise error

    return fail


def observer(
    sensors: Sensors, clock: Callable[[], int], *, region: str = EAST, deadline_s: float = 0.5
) -> Observer:
    database = FencedLedger(sensors, BOOK)
    return Observer(
        region,
        leases=sensors,
        sightings=Sightings(ttl_ms=TTL, clock=clock, steady_s=lambda: clock() / 1000),
        database=database,
        recovery=JournalRecovery(journal=sensors, database=database, clock=clock),
        api=sensors,
        takeovers=sensors,
        clock=clock,
        deadline_s=deadline_s,
    )


def test_a_healthy_holder(clock):
    assert observer(Sensors(), clock).observe() == Observation(
        region=EAST,
        now_ms=NOW,
        lease=LEASE,
        seen_at_ms=NOW,
        unchanged_ms=0,
        clock_off_ms=0,
        database=DatabaseFact.WRITER,
        fence=LEASE.epoch,
        journal=JournalFact.ANSWERS,
        api=ApiFact.LIVE,
        ready=ReadyFact.READY,
        takeover=TakeoverFact.UNKNOWN,
    )


@pytest.mark.parametrize(
    ("reading", "seen"),
    [
        ({"lease": lambda: None}, {"lease": LeaseFact.ABSENT}),
        ({"lease": failing(LeaseUnknown("cut"))}, {"lease": LeaseFact.UNKNOWN}),
        ({"lease": failing(MemoryError())}, {"lease": LeaseFact.UNKNOWN}),
        ({"database": lambda: False}, {"database": DatabaseFact.REPLICA, **NO_FENCE}),
        (
            {"database": failing(DatabaseUnavailable("down"))},
            {"database": DatabaseFact.UNREACHABLE, **NO_FENCE},
        ),
        ({"database": failing(IndexError())}, {"database": DatabaseFact.UNKNOWN, **NO_FENCE}),
        ({"fence": failing(InterfaceError("broken"))}, NO_FENCE),
        ({"journal": failing(JournalUnavailable("cut"))}, {"journal": JournalFact.SILENT}),
        ({"arrivals": failing(JournalUnavailable("cut"))}, {"journal": JournalFact.SILENT}),
        ({"arrivals": failing(IndexError())}, {"journal": JournalFact.UNKNOWN}),
        ({"ready": lambda: False}, {"ready": ReadyFact.REFUSING}),
        ({"ready": failing(ApiUnavailable("refused"))}, {"ready": ReadyFact.REFUSING}),
        ({"ready": failing(IndexError())}, {"ready": ReadyFact.UNKNOWN}),
        ({"api": lambda: False}, {"api": ApiFact.DEAD}),
        ({"api": failing(ApiUnavailable("refused"))}, {"api": ApiFact.DEAD}),
        ({"api": failing(IndexError())}, {"api": ApiFact.UNKNOWN}),
    ],
)
def test_a_sensor_that_fails_is_a_fact_and_leaves_the_others_alone(clock, reading, seen):
    healthy = observer(Sensors(), clock).observe()
    assert observer(Sensors(**reading), clock).observe() == replace(healthy, **seen)


@pytest.mark.parametrize(
    ("of", "error"),
    [
        ("lease", LeaseUnknown("no valid lease")),
        ("database", DatabaseUnavailable("secret away")),
        ("fence", DatabaseUnavailable("ledger: broken")),
        ("journal", JournalUnavailable("throttled")),
        ("api", ApiUnavailable("GET /health/live: no route")),
        ("ready", ApiUnavailable("GET /health/ready: no route")),
    ],
)
def test_whatever_does_not_answer_is_told_with_its_reason(clock, monkeypatch, of, error):
    told = []
    monkeypatch.setattr(logger, "warning", lambda text, extra: told.append((text, extra)))
    observer(Sensors(**{of: failing(error)}), clock).observe()
    assert told == [("no answer", {"of": of, "reason": str(error)})]


def test_a_sensor_that_fails_unexpectedly_is_told_with_its_error(clock, monkeypatch):
    told = []
    monkeypatch.setattr(logger, "error", lambda *text, **more: told.append((text, more)))
    error = IndexError("of the sensor")
    observer(Sensors(api=failing(error)), clock).observe()
    assert told == [(("a sensor failed",), {"exc_info": error})]


@pytest.mark.parametrize(
    ("name", "unknown"),
    [("lease", LeaseFact.UNKNOWN), ("database", DatabaseFact.UNKNOWN), ("api", ApiFact.UNKNOWN)],
)
def test_a_sensor_that_hangs_is_unknown_and_the_next_tick_is_not_delayed(clock, name, unknown):
    released = threading.Event()
    sensors = Sensors(**{name: lambda: released.wait(10)})
    watching = observer(sensors, clock)
    assert getattr(watching.observe(), name) is unknown
    sensors.read, sensors.writable, sensors.live = lambda: LEASE, lambda: True, lambda: True
    assert getattr(watching.observe(), name) is not unknown
    released.set()


@pytest.mark.parametrize("epoch", [LEASE.epoch - 1, LEASE.epoch + 1])
def test_a_ledger_that_takes_another_epoch_is_fenced_for_the_active_holder_only(clock, epoch):
    """The fence moved after the activation, or came back with an older copy of the database."""
    moved = {"fence": lambda: [[epoch]]}
    assert observer(Sensors(**moved), clock).observe().database is DatabaseFact.FENCED
    assert observer(Sensors(**moved), clock, region=WEST).observe().database is DatabaseFact.WRITER
    for lease in (replace(LEASE, state=LeaseState.TAKING), None):
        seen = observer(Sensors(**moved, lease=lambda lease=lease: lease), clock).observe()
        assert seen.database is DatabaseFact.WRITER


def test_a_fence_that_is_not_there_keeps_its_holder_from_settling_anything(clock):
    seen = observer(Sensors(fence=list), clock).observe()
    assert (seen.database, seen.fence) == (DatabaseFact.FENCED, FenceFact.ABSENT)
    elsewhere = observer(Sensors(fence=list), clock, region=WEST).observe()
    assert (elsewhere.database, elsewhere.fence) == (DatabaseFact.WRITER, FenceFact.ABSENT)


def test_readings_that_came_too_late_are_not_read_later(clock):
    released = threading.Event()
    calls: list[None] = []

    def hang() -> bool:
        calls.append(None)
        return released.wait(10)

    watching = observer(Sensors(api=hang), clock, deadline_s=0.02)
    assert {watching.observe().api for _ in range(20)} == {ApiFact.UNKNOWN}
    released.set()
    assert len(calls) <= 10


def test_the_takeover_is_asked_for_by_the_region_that_is_taking(clock):
    taking = replace(LEASE, state=LeaseState.TAKING)
    sensors = Sensors(lease=lambda: taking)
    assert observer(sensors, clock).observe().takeover is TakeoverFact.RUNNING
    assert observer(sensors, clock, region=WEST).observe().takeover is TakeoverFact.UNKNOWN
    assert sensors.asked == [Takeover.of(taking)]


def test_a_handover_is_asked_for_by_the_region_that_gets_it(clock):
    draining = LEASE.draining(Handover(to=WEST, kind=Kind.SWITCHOVER, attempt=1), now_ms=NOW)
    sensors = Sensors(lease=lambda: draining)
    assert observer(sensors, clock, region=WEST).observe().takeover is TakeoverFact.RUNNING
    assert observer(sensors, clock).observe().takeover is TakeoverFact.UNKNOWN
    assert sensors.asked == [Takeover.of(draining)]


def test_the_time_is_read_before_the_facts(clock):
    def slow_read() -> object:
        clock.now += 60_000
        return LEASE

    seen = observer(Sensors(lease=slow_read), clock).observe()
    assert (seen.now_ms, seen.seen_at_ms) == (NOW, NOW + 60_000)
