import threading
from contextlib import contextmanager
from dataclasses import replace
from types import SimpleNamespace

import pytest

from durable.lease_view import RecentLease, ServingStatus
from failover.lease import LeaseState
from failover.lease_table import LeaseUnknown
from intake.readiness import DATABASE_LIMIT_S, LEASE_LIMIT_S, Readiness
from payments.book import BOOK
from runtime.database import DatabaseUnavailable
from tests.unit.payments import raw_sql


@pytest.fixture(autouse=True)
def patient(monkeypatch) -> None:
    """Nothing that answers is called late because this machine is busy; tests of lateness say how late."""
    for limit in ("LEASE_LIMIT_S", "DATABASE_LIMIT_S"):
        monkeypatch.setattr(f"intake.readiness.{limit}", 120.0)


@pytest.fixture
def readiness(world):
    """Readiness of a region whose database is reached by the given function."""

    def readiness(session) -> Readiness:
        return Readiness(
            region="us-east-1",
            ttl_ms=30_000,
            skew_ms=2_000,
            lease=RecentLease(world, world.clock, world.steady_s),
            book=BOOK,
            database=SimpleNamespace(session=session),
        )

    return readiness


@pytest.fixture
def check(world, connect, ledger, readiness):
    """Asks a region whose fence is at the epoch of its lease; `prepare` spoils its connection."""
    world.lease = replace(world.lease, epoch=1)

    def check(prepare=lambda connection: None) -> ServingStatus:
        @contextmanager
        def session():
            connection = connect()
            prepare(connection)
            yield connection

        return readiness(session).check()

    return check


@pytest.fixture
def routable(readiness):
    """Asks a region whose database must not be asked."""
    return readiness(lambda: pytest.fail("the database was asked")).routable


def test_a_holder_with_a_writable_database_is_ready(check) -> None:
    assert check() is ServingStatus.READY


@pytest.mark.parametrize(
    ("changed", "wanted"),
    [
        ({"holder": "us-west-2"}, ServingStatus.NOT_HOLDER),
        ({"state": LeaseState.TAKING}, ServingStatus.NOT_ACTIVE),
        ({"expires_at_ms": 1_001_000}, ServingStatus.LEASE_EXPIRED),
        ({"epoch": 2}, ServingStatus.FENCED),
    ],
)
def test_one_change_makes_it_not_ready(world, check, changed, wanted) -> None:
    world.lease = replace(world.lease, **changed)
    assert check() is wanted


def test_without_a_lease_the_database_is_not_asked(world, check) -> None:
    world.lease = None
    assert check(lambda _: pytest.fail("asked")) is ServingStatus.NO_LEASE


def test_an_unknown_lease_is_not_ready(world, check) -> None:
    def cut() -> None:
        raise LeaseUnknown("no answer")

    world.when_lease_read = cut
    assert check() is ServingStatus.LEASE_UNKNOWN


def test_a_replica_is_not_ready(check) -> None:
    serving_status = check(lambda connection: connection.run("set default_transaction_read_only = on"))
    assert serving_status is ServingStatus.DATABASE_UNAVAILABLE


def test_a_database_without_a_ledger_is_not_ready(check, ledger) -> None:
    raw_sql.run(ledger, "drop schema ledger cascade")
    assert check() is ServingStatus.DATABASE_UNAVAILABLE


def test_a_database_that_cannot_be_reached_is_not_ready(check) -> None:
    def refuse(_: object) -> None:
        raise DatabaseUnavailable("cannot connect")

    assert check(refuse) is ServingStatus.DATABASE_UNAVAILABLE


def test_two_hanging_dependencies_still_leave_an_answer_within_two_seconds(world, check, monkeypatch) -> None:
    released = threading.Event()
    monkeypatch.setattr("intake.readiness.DATABASE_LIMIT_S", 0.01)
    assert check(lambda _: released.wait()) is ServingStatus.DATABASE_UNAVAILABLE
    monkeypatch.setattr("intake.readiness.LEASE_LIMIT_S", 0.01)
    world.when_lease_read = released.wait
    assert check() is ServingStatus.LEASE_UNKNOWN
    assert LEASE_LIMIT_S + DATABASE_LIMIT_S < 2.0
    released.set()


@pytest.mark.parametrize(
    "changed", [{}, {"holder": "us-west-2"}, {"state": LeaseState.TAKING}, {"expires_at_ms": 1_001_000}]
)
def test_a_region_that_reads_the_lease_is_routable_whatever_it_says(world, routable, changed) -> None:
    world.lease = replace(world.lease, **changed)
    assert routable()


def test_a_region_is_routable_before_anybody_ever_took_the_lease(world, routable) -> None:
    world.lease = None
    assert routable()


def test_a_region_that_cannot_read_the_lease_is_not_routable(world, routable) -> None:
    def cut() -> None:
        raise LeaseUnknown("no answer")

    world.when_lease_read = cut
    assert not routable()


def test_a_region_whose_lease_table_hangs_is_not_routable(world, routable, monkeypatch) -> None:
    monkeypatch.setattr("intake.readiness.LEASE_LIMIT_S", 0.01)
    released = threading.Event()
    world.when_lease_read = released.wait
    assert not routable()
    released.set()
