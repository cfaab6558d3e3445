"""The end of a takeover that no bus took at once is told by the reconciler, once."""

from contextlib import contextmanager
from dataclasses import replace
from types import SimpleNamespace

import pytest

from durable.announcements import LEFT_TO_THE_STEP_MS, OLD_NEWS_MS, NotedBus
from durable.errors import JournalUnavailable
from failover.lease import Kind
from failover.operations import TakeoverCompleted
from failover.ports import EventsUnavailable
from runtime.database import DatabaseUnavailable

from .faults import fails
from .scene import EAST, LEASE, NOW, WEST
from .west import TAKEOVER
from .world import event

FAILOVER = replace(
    LEASE, kind=Kind.FAILOVER, previous_holder=WEST, changed_at_ms=NOW - LEFT_TO_THE_STEP_MS - 1
)
NAME = f"payments-{LEASE.epoch}"


@pytest.fixture(autouse=True)
def _untold(world) -> None:
    world.lease, world.epochs_announced = FAILOVER, set()


def test_a_takeover_that_was_not_told_is_told_once(world, reconciler) -> None:
    for _ in range(3):
        reconciler.run()
    [told] = world.operations
    assert (told.event_id, told.type) == (NAME, "FailoverCompleted")
    assert (told.detail()["from"], told.detail()["to"]) == (WEST, EAST)


def test_a_takeover_that_a_fast_clock_dated_into_the_future_is_told_now(world, reconciler) -> None:
    world.lease = replace(FAILOVER, changed_at_ms=NOW + 2 * OLD_NEWS_MS)
    world.refused = {NAME}
    assert (reconciler.run().event_ms, world.operations) == (0, [])
    world.refused = set()
    reconciler.run()
    assert [each.event_id for each in world.operations] == [NAME]


@pytest.mark.parametrize("refuses", ["one", "all"])
def test_a_bus_that_refuses_it_is_asked_again_and_holds_up_no_other_event(
    *, world, reconciler, logged, refuses
) -> None:
    world.unpublished = [event(1)]
    world.refused = {NAME}
    if refuses == "all":
        world.when_published = fails(EventsUnavailable("cut"))
    report = reconciler.run()
    assert report.event_ms == LEFT_TO_THE_STEP_MS + 1
    assert report.published == (refuses == "one")
    reason = "cut" if refuses == "all" else "the bus refused it"
    assert ("warning", "an announcement is kept", {"event_id": NAME, "reason": reason}) in logged
    world.refused, world.when_published = set(), lambda: None
    assert reconciler.run().event_ms == 0
    assert [each.event_id for each in world.operations] == [NAME]


def test_it_is_told_while_the_journal_is_away(world, reconciler) -> None:
    world.arrived = fails(JournalUnavailable("cut"))
    with pytest.raises(JournalUnavailable):
        reconciler.run()
    assert len(world.operations) == 1


@pytest.mark.parametrize(
    "lease",
    [
        replace(FAILOVER, changed_at_ms=NOW - LEFT_TO_THE_STEP_MS),
        replace(FAILOVER, changed_at_ms=NOW - OLD_NEWS_MS),
        replace(FAILOVER, kind=Kind.BOOTSTRAP),
        replace(FAILOVER, previous_holder=None),
    ],
    ids=["the step has time for it", "old", "begun anew", "the first"],
)
def test_what_needs_no_telling_is_not_told(world, reconciler, lease) -> None:
    world.lease = lease
    assert (reconciler.run().event_ms, world.operations) == (0, [])


# the last step


def bus(world, taken: list[str], error: Exception | None = None) -> NotedBus:
    @contextmanager
    def ledger():
        if error:
            raise error
        yield world

    return NotedBus(SimpleNamespace(publish=lambda _: taken), SimpleNamespace(ledger=ledger))


def test_what_the_step_told_is_noted(world, reconciler) -> None:
    told = TakeoverCompleted(replace(TAKEOVER, epoch=LEASE.epoch))
    assert bus(world, []).publish([told]) == []
    assert world.epochs_announced == set()
    assert bus(world, [NAME]).publish([told]) == [NAME]
    assert reconciler.run().event_ms == 0
    assert world.operations == []


def test_what_cannot_be_noted_was_told_all_the_same(world, logged) -> None:
    told = TakeoverCompleted(replace(TAKEOVER, epoch=LEASE.epoch))
    assert bus(world, [NAME], DatabaseUnavailable("down")).publish([told]) == [NAME]
    assert logged == [("warning", "an announcement is not noted", {"epoch": LEASE.epoch, "reason": "down"})]
