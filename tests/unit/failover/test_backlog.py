"""What the holder's ledger owes to the journal, and how far its watermark moves."""

from dataclasses import replace

import pytest

from durable.arrivals import MINUTE_MS, minute_of
from durable.backlog import BATCH, GRACE_MS, STALE_MS
from durable.entry import EntryState
from durable.lease_view import ServingStatus
from failover.ports import StaleEpoch
from intake.request_flow import PATIENCE_MS
from lib.systems.load import load_settings
from runtime.database import DatabaseUnavailable

from .scene import EAST, LEASE, NOW
from .world import MARK, OLD, entry, reconciler_in

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


@pytest.mark.parametrize("came_ms", [OLD, (MARK + 1) * MINUTE_MS])
def test_an_intent_that_the_ledger_has_is_marked_when_its_minute_is_over(world, reconciler, came_ms) -> None:
    world.keep(entry(1, accepted_at_ms=came_ms))
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


def test_what_the_ledger_does_not_have_afterwards_is_not_settled(world, reconciler) -> None:
    world.keep(entry(1))
    world.recorded = lambda keys: {}
    with pytest.raises(DatabaseUnavailable, match="1 requests are not in the ledger"):
        reconciler.run()
    assert world.state(1) is EntryState.INTENT


# the watermark


def test_a_minute_that_is_over_for_long_enough_is_compared_whole_and_passed(world, reconciler) -> None:
    lost = replace(entry(1, accepted_at_ms=MARK * MINUTE_MS), state=EntryState.SETTLED)
    world.keep(lost, entry(2, accepted_at_ms=MARK * MINUTE_MS))
    world.rows = {"key-00002"}
    report = reconciler.run()
    assert (report.replayed, report.settled, world.minute) == (1, 1, MARK + 1)
    assert world.rows == {"key-00001", "key-00002"}
    assert world.state(2) is EntryState.SETTLED


@pytest.mark.parametrize(("moment", "passed"), [(-1, 0), (0, 1)])
def test_the_watermark_passes_no_minute_that_may_still_grow(world, reconciler, moment, passed) -> None:
    world.now = (MARK + 1) * MINUTE_MS + GRACE_MS + moment
    reconciler.run()
    assert world.minute == MARK + passed


def test_a_fast_clock_moves_no_watermark_past_what_the_lease_proves(world, reconciler) -> None:
    """The clock jumps after the lease was read: the run is ready, and the present is five minutes away."""
    read = world.read

    def jumps():
        world.clock_reads = [world.now, *[world.now + 300_000] * 100]
        return read()

    world.read = jumps
    reconciler_in(EAST, world, clock=lambda: world.clock_reads.pop(0)).run()
    assert world.minute == MARK + 1


def test_a_watermark_in_the_future_is_forgotten_and_the_whole_journal_compared(world, reconciler) -> None:
    world.minute = minute_of(NOW) + 3
    world.keep(replace(entry(1, accepted_at_ms=5), state=EntryState.SETTLED))
    report = reconciler.run()
    assert (report.watermark_ahead, report.replayed, world.minute) == (True, 1, MARK + 1)
    assert not reconciler.run().watermark_ahead


def test_a_holder_whose_clock_was_set_back_settles_nothing(world, reconciler) -> None:
    world.keep(entry(1))
    world.now -= 180_000
    report = reconciler.run()
    assert (report.serving_status, report.settled, world.minute) == (ServingStatus.EXPIRY_DOUBTED, 0, MARK)


def test_minutes_are_read_from_the_watermark_to_where_something_can_be_late(world, reconciler) -> None:
    reconciler.run()
    assert world.read_minutes == list(range(MARK, minute_of(NOW - STALE_MS) + 1))
    world.read_minutes = []
    reconciler.run()
    assert world.read_minutes == list(range(MARK + 1, minute_of(NOW - STALE_MS) + 1))


def test_a_payment_that_came_twice_in_a_minute_is_replayed_once(world, reconciler) -> None:
    world.keep(*[entry(1, accepted_at_ms=MARK * MINUTE_MS)] * 2)
    report = reconciler.run()
    assert (report.replayed, report.settled) == (1, 1)


def test_the_watermark_stays_where_the_ledger_could_not_be_written(world, reconciler) -> None:
    world.keep(entry(1, accepted_at_ms=MARK * MINUTE_MS))
    world.recorded = lambda keys: {}
    with pytest.raises(DatabaseUnavailable, match="1 requests are not in the ledger"):
        reconciler.run()
    assert (world.state(1), world.minute) == (EntryState.INTENT, MARK)


def test_a_fence_of_another_epoch_keeps_the_watermark(world, reconciler) -> None:
    world.fence = 8
    with pytest.raises(StaleEpoch):
        reconciler.run()
    assert world.minute == MARK


def test_after_a_long_time_the_watermark_catches_up_over_several_runs(world, reconciler) -> None:
    world.minute = MARK - 99
    world.when_read = lambda: setattr(world, "seconds", world.seconds + 0.4)
    watermarks = []
    while not watermarks or watermarks[-1] < MARK + 1:
        reconciler.run()
        watermarks.append(world.minute)
    assert watermarks == [MARK - 36, MARK + 1]  # 63 minutes are begun in 25 s


def test_a_watermark_passes_nothing_that_a_request_can_still_acknowledge() -> None:
    """Clocks may differ by twice the skew of the settings, and be set back by as much meanwhile."""
    skew_ms = load_settings({"ENVIRONMENT_SUFFIX": "test"}).protocol.clock_skew_s * 1000
    assert max(PATIENCE_MS, 10_000) + 4 * skew_ms < GRACE_MS


# time


def test_a_run_searches_no_longer_than_agreed_and_the_next_goes_on_there(world, reconciler) -> None:
    world.keep(*(entry(number, accepted_at_ms=MARK * MINUTE_MS) for number in range(3 * BATCH)))

    def ledger_is_slow() -> None:
        world.seconds += 0.2

    world.when_recorded = ledger_is_slow
    first = reconciler.run()
    assert (first.settled, world.minute) == (2 * BATCH, MARK)  # 20 s each: the third is not begun
    second = reconciler.run()
    assert (second.read, second.settled, world.minute) == (BATCH, BATCH, MARK + 1)


def test_a_minute_that_another_epoch_began_with_is_compared_from_its_beginning(world, reconciler) -> None:
    world.keep(*(entry(number, accepted_at_ms=MARK * MINUTE_MS) for number in range(3 * BATCH)))
    world.when_recorded = lambda: setattr(world, "seconds", world.seconds + 0.2)
    reconciler.run()
    world.lease, world.fence = replace(LEASE, epoch=9), 9
    world.rows, world.when_recorded = set(), lambda: None
    assert (reconciler.run().replayed, world.minute) == (3 * BATCH, MARK + 1)


@pytest.mark.parametrize(("takes_s", "minutes"), [(12.4, 3), (12.5, 2)])
def test_minutes_without_arrivals_take_time_too(world, reconciler, takes_s, minutes) -> None:
    world.when_read = lambda: setattr(world, "seconds", world.seconds + takes_s)
    reconciler.run()
    assert len(world.read_minutes) == minutes
