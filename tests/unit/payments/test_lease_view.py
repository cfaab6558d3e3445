from dataclasses import replace
from itertools import product
from threading import Event, Semaphore, Thread

import pytest

from durable.lease_view import READS, RecentLease, ServingStatus, serving_status
from failover.lease import LeaseState
from failover.lease_table import LeaseUnknown

NOW_MS, TTL_MS, SKEW_MS = 1_000_000, 30_000, 2_000
TERMS = {"now_ms": NOW_MS, "ttl_ms": TTL_MS, "skew_ms": SKEW_MS}


@pytest.mark.parametrize(
    ("changed", "wanted"),
    [
        ({}, ServingStatus.READY),
        ({"holder": "us-west-2"}, ServingStatus.NOT_HOLDER),
        ({"state": LeaseState.TAKING}, ServingStatus.NOT_ACTIVE),
        ({"state": LeaseState.DRAINING}, ServingStatus.NOT_ACTIVE),
        ({"expires_at_ms": NOW_MS + SKEW_MS}, ServingStatus.LEASE_EXPIRED),
        ({"expires_at_ms": NOW_MS + SKEW_MS + 1}, ServingStatus.READY),
        ({"expires_at_ms": NOW_MS + TTL_MS + 2 * SKEW_MS}, ServingStatus.READY),
        ({"expires_at_ms": NOW_MS + TTL_MS + 2 * SKEW_MS + 1}, ServingStatus.EXPIRY_DOUBTED),
    ],
)
def test_one_change_to_a_held_lease(lease, changed, wanted) -> None:
    lease = replace(lease, **changed)
    assert serving_status(lease, region="us-east-1", **TERMS) is wanted


def test_without_a_lease_nobody_is_ready() -> None:
    found = serving_status(None, region="us-east-1", **TERMS)
    assert found is ServingStatus.NO_LEASE


def test_ready_is_exactly_what_the_lease_acknowledges(lease) -> None:
    left = (-1, 0, SKEW_MS, SKEW_MS + 1, TTL_MS + 2 * SKEW_MS, TTL_MS + 2 * SKEW_MS + 1)
    for holder, state, left_ms in product(("us-east-1", "us-west-2"), LeaseState, left):
        one = replace(lease, holder=holder, state=state, expires_at_ms=NOW_MS + left_ms)
        ready = serving_status(one, region="us-east-1", **TERMS) is ServingStatus.READY
        assert ready == one.acknowledges("us-east-1", **TERMS)


@pytest.mark.parametrize(("later_ms", "reads"), [(0, 1), (499, 1), (500, 2), (-1, 2)])
def test_a_read_counts_for_less_than_half_a_second(world, later_ms, reads) -> None:
    recent = RecentLease(world, world.clock, world.steady_s)
    recent.current()
    world.now_ms += later_ms
    assert (recent.current()[0], world.reads) == (world.lease, reads)


@pytest.mark.parametrize(
    ("wall_ms", "steady_s", "reads"), [(0, 0.4996, 1), (0, 0.5, 2), (499, 0.0, 1), (500, 0.0, 2)]
)
def test_of_two_clocks_the_later_one_counts(world, wall_ms, steady_s, reads) -> None:
    world.steady_s = lambda: world.passed_s
    world.passed_s = 0.0
    recent = RecentLease(world, world.clock, world.steady_s)
    recent.current()
    world.now_ms += wall_ms
    world.passed_s += steady_s
    assert (recent.current()[0], world.reads) == (world.lease, reads)


def test_a_clock_that_was_set_back_makes_no_read_younger(world) -> None:
    now_s = [10.0]
    recent = RecentLease(world, world.clock, lambda: now_s[0])
    recent.current()
    now_s[0] = 10.5
    assert (recent.current()[0], world.reads) == (world.lease, 2)


@pytest.mark.parametrize("state", [LeaseState.TAKING, LeaseState.DRAINING])
def test_only_a_lease_that_somebody_serves_under_is_remembered(world, state) -> None:
    world.lease = replace(world.lease, state=state)
    recent = RecentLease(world, world.clock, world.steady_s)
    recent.current()
    recent.current()
    assert world.reads == 2


def test_what_is_forgotten_is_read_again_and_its_epoch_still_told(world) -> None:
    recent = RecentLease(world, world.clock, world.steady_s)
    recent.current()
    recent.forget()
    assert recent.last_epoch == world.lease.epoch
    recent.current()
    assert world.reads == 2


def test_an_answer_that_took_too_long_is_not_believed(world) -> None:
    recent = RecentLease(world, world.clock, world.steady_s)
    delays_ms = iter([500, 499])
    world.when_lease_read = lambda: setattr(world, "now_ms", world.now_ms + next(delays_ms))
    assert (recent.current()[0], world.reads) == (world.lease, 2)


def test_what_is_told_is_true_for_the_moment_that_is_told_with_it(world) -> None:
    recent = RecentLease(world, world.clock, world.steady_s)
    world.when_lease_read = lambda: setattr(world, "now_ms", world.now_ms + 499)
    began = world.now_ms
    assert recent.current() == (world.lease, began + 499)
    assert (recent.current(), world.reads) == ((world.lease, began + 499), 1)


def test_a_table_that_is_always_too_slow_says_nothing(world) -> None:
    recent = RecentLease(world, world.clock, world.steady_s)
    world.when_lease_read = lambda: setattr(world, "now_ms", world.now_ms + 500)
    with pytest.raises(LeaseUnknown, match="500 ms"):
        recent.current()
    assert world.reads == READS


def test_an_answer_that_lets_nobody_acknowledge_may_be_slow(world) -> None:
    world.lease = replace(world.lease, state=LeaseState.DRAINING)
    recent = RecentLease(world, world.clock, world.steady_s)
    world.when_lease_read = lambda: setattr(world, "now_ms", world.now_ms + 500)
    assert (recent.current()[0], world.reads) == (world.lease, 1)


def test_an_unknown_lease_is_not_replaced_by_an_old_one(world) -> None:
    recent = RecentLease(world, world.clock, world.steady_s)
    recent.current()
    world.now_ms += 1_000

    def cut() -> None:
        raise LeaseUnknown("no answer")

    world.when_lease_read = cut
    with pytest.raises(LeaseUnknown):
        recent.current()


def test_the_last_epoch_costs_no_read(world) -> None:
    recent = RecentLease(world, world.clock, world.steady_s)
    assert (recent.last_epoch, world.reads) == (None, 0)
    recent.current()
    assert (recent.last_epoch, world.reads) == (7, 1)


class Held:
    """A table whose first read lasts until others have come; then it answers so."""

    def __init__(self, answer) -> None:
        self.answer, self.reads = answer, 0
        self.asked, self.go = Event(), Event()

    def read(self):
        self.reads += 1
        self.asked.set()
        assert self.go.wait(30)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def together(table: Held, others: int) -> list[object]:
    """What all learn of whom the first one reads, and the others come while it does."""
    came = Semaphore(0)

    def clock() -> int:
        came.release()
        return NOW_MS

    recent, found = RecentLease(table, clock), []

    def look() -> None:
        try:
            found.append(recent.current()[0])
        except LeaseUnknown as unknown:
            found.append(type(unknown))

    threads = [Thread(target=look) for _ in range(1 + others)]
    threads[0].start()
    assert table.asked.wait(30)
    for _ in range(2):  # before the lock, and before the read
        assert came.acquire(timeout=30)
    for thread in threads[1:]:
        thread.start()
        assert came.acquire(timeout=30)
    table.go.set()
    for thread in threads:
        thread.join(30)
    return found


def test_threads_that_need_a_read_at_the_same_time_share_one(lease) -> None:
    table = Held(replace(lease, expires_at_ms=NOW_MS + TTL_MS))
    assert together(table, others=3) == [table.answer] * 4
    assert table.reads == 1


def test_threads_share_a_failure_too() -> None:
    table = Held(LeaseUnknown("no answer"))
    assert together(table, others=3) == [LeaseUnknown] * 4
    assert table.reads == 1


def test_a_read_that_began_before_a_thread_came_says_nothing_of_a_lease_that_may_be_over(lease) -> None:
    table = Held(replace(lease, state=LeaseState.TAKING))
    assert together(table, others=1) == [table.answer] * 2
    assert table.reads == 2
