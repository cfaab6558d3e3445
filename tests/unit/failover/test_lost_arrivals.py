"""A holder whose arrivals were emptied or restored settles what it owes out of the journal."""

from dataclasses import replace

import pytest

from durable.arrivals import MINUTE_MS
from durable.backlog import GRACE_MS
from durable.comparison import ARRIVED
from durable.entry import EntryState

from .scene import LEASE, NOW, WEST
from .world import MARK, OLD, entry

AT = MARK * MINUTE_MS
"""In the minute that a run passes next."""


def settled(world, *numbers: int, at_ms: int = AT) -> None:
    world.keep(*(replace(entry(n, accepted_at_ms=at_ms), state=EntryState.SETTLED) for n in numbers))
    world.rows |= {f"key-{n:05}" for n in numbers}


def lose_arrivals(world, *numbers: int) -> None:
    world.arrivals = [
        (at, each) for at, each in world.arrivals if each.entry_id not in {f"id-{n}" for n in numbers}
    ]


@pytest.mark.parametrize("came_ms", [AT, AT - MINUTE_MS * 99, OLD])
def test_what_is_owed_is_settled_when_the_arrivals_were_emptied(world, reconciler, came_ms) -> None:
    settled(world, 1, at_ms=AT - MINUTE_MS)
    world.keep(entry(2, accepted_at_ms=came_ms))
    world.arrivals = []
    report = reconciler.run()
    assert (report.arrivals_lack, report.replayed, world.state(2)) == (True, 1, EntryState.SETTLED)
    assert world.minute == MARK + 1


def test_payments_that_came_since_do_not_hide_what_is_lost(world, reconciler) -> None:
    """Two payments a second hide the emptied minutes from whoever asks for the newest only."""
    settled(world, 1)
    world.keep(entry(2, accepted_at_ms=AT))
    lose_arrivals(world, 1, 2)
    settled(world, *range(10, 10 + ARRIVED), at_ms=NOW)
    first, second = reconciler.run(), reconciler.run()
    assert (first.arrivals_lack, first.replayed, first.watermark) == (True, 0, None)
    assert (second.arrivals_lack, second.replayed, second.watermark) == (False, 1, MARK + 1)


@pytest.mark.parametrize("lost", [range(10), range(50, 60)], ids=["until a moment", "since a moment"])
def test_the_first_and_the_last_payments_of_a_minute_tell(world, reconciler, lost) -> None:
    for n in range(60):
        settled(world, n, at_ms=AT + n)
    settled(world, *range(90, 99), at_ms=NOW)
    lose_arrivals(world, *lost)
    reconciler.run()
    assert world.minute is None


def test_a_loss_that_was_looked_for_in_the_whole_journal_is_not_looked_for_again(world, reconciler) -> None:
    settled(world, 1)
    world.arrivals = []
    assert reconciler.run().arrivals_lack
    for _ in range(3):
        report = reconciler.run()
        assert (report.arrivals_lack, report.read, report.watermark) == (False, 0, MARK + 1)
    settled(world, 2)
    world.arrivals = []
    assert reconciler.run().arrivals_lack


def test_a_search_that_did_not_end_is_begun_again_wherever_the_watermark_is_by_then(
    world, reconciler
) -> None:
    settled(world, 1)
    world.keep(entry(2, accepted_at_ms=AT))
    world.arrivals = []
    world.when_read = lambda: setattr(world, "lease", replace(LEASE, holder=WEST))
    assert (reconciler.run().replayed, world.minute) == (0, None)
    world.lease, world.minute, world.when_read = LEASE, MARK, lambda: None  # an overlapping run set it
    assert (reconciler.run().replayed, world.minute) == (1, MARK + 1)


def test_a_payment_whose_entry_tells_nothing_is_no_reason(world, reconciler) -> None:
    settled(world, 1)
    world.arrivals = []
    world.look = lambda _: None
    assert not reconciler.run().arrivals_lack


def test_whole_arrivals_keep_the_watermark(world, reconciler) -> None:
    settled(world, 1, 2, 3)
    world.settled_at["key-00002"] = AT + GRACE_MS
    report = reconciler.run()
    assert (report.arrivals_lack, report.watermark) == (False, MARK + 1)
