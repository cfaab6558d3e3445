"""A ledger without a watermark is compared with the whole journal, in as many runs as that takes."""

from dataclasses import replace

import pytest

from durable.arrivals import MINUTE_MS
from durable.backlog import BATCH
from durable.entry import EntryState
from durable.errors import JournalUnavailable
from durable.reconciler import SEARCH_S
from failover.lease import LeaseState

from .faults import fails
from .scene import LEASE, NOW, WEST
from .world import MARK, entry


@pytest.mark.parametrize("state", EntryState)
def test_without_a_watermark_the_whole_journal_is_compared_once(world, reconciler, state) -> None:
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
    real, world.settled = world.settled, fails(JournalUnavailable("cut"))
    with pytest.raises(JournalUnavailable):
        reconciler.run()
    world.settled, world.rows = real, set()
    assert reconciler.run().replayed == 3 * BATCH
