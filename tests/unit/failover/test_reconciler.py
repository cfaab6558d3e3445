"""When the reconciler acts, and the events it publishes."""

from dataclasses import replace

import pytest

from durable.engine import Refusal, StatementRefused
from durable.entry import EntryState
from durable.errors import JournalUnavailable
from durable.lease_view import ServingStatus
from failover.lease import LeaseState
from failover.lease_table import LeaseUnknown
from failover.ports import EventsUnavailable, StaleEpoch

from .faults import fails
from .scene import LEASE, NOW, SKEW, WEST
from .world import entry, event

# the lease and the fence


@pytest.mark.parametrize(
    ("lease", "serving_status"),
    [
        (None, ServingStatus.NO_LEASE),
        (replace(LEASE, holder=WEST), ServingStatus.NOT_HOLDER),
        (replace(LEASE, state=LeaseState.TAKING), ServingStatus.NOT_ACTIVE),
        (replace(LEASE, state=LeaseState.DRAINING), ServingStatus.NOT_ACTIVE),
        (replace(LEASE, expires_at_ms=NOW + SKEW), ServingStatus.LEASE_EXPIRED),
    ],
)
def test_only_the_holder_of_an_active_lease_does_anything(world, reconciler, lease, serving_status) -> None:
    world.lease = lease
    world.keep(entry(1))
    world.unpublished = [event(1)]
    report = reconciler.run()
    assert (report.serving_status, report.read, report.settled, report.published) == (serving_status, 0, 0, 0)
    assert (world.sessions, world.published, world.state(1)) == (0, [], EntryState.INTENT)


def test_a_lease_that_cannot_be_read_ends_the_run(world, reconciler) -> None:
    world.read = fails(LeaseUnknown("no answer"))
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


def test_the_schema_is_there_before_anything_is_written(world, reconciler) -> None:
    reconciler.run()
    assert world.migrated == 1


# events


def test_events_are_published_in_order_and_marked_after_the_answer(world, reconciler) -> None:
    world.unpublished = [event(number) for number in range(25)]
    assert reconciler.run().published == 25
    assert (world.published, world.unpublished) == ([f"event-{n:03}" for n in range(25)], [])


def test_without_a_bus_events_are_kept(world, reconciler, logged) -> None:
    world.unpublished = [event(1)]
    world.when_published = fails(EventsUnavailable("no bus"))
    assert (reconciler.run().published, world.unpublished) == (0, [event(1)])
    assert logged == [("warning", "events are kept", {"reason": "no bus"})]


def test_what_the_bus_refuses_is_put_off_and_the_rest_goes_out_in_the_same_run(
    world, reconciler, logged
) -> None:
    world.unpublished = [event(number) for number in range(35)]
    world.refused = {"event-002", "event-011"}
    report = reconciler.run()
    assert (report.published, report.refused, world.unpublished) == (33, 2, [])
    assert [each.event_id for each in world.put_off_events] == ["event-002", "event-011"]
    assert ("warning", "events are put off", {"event_ids": ["event-002"]}) in logged


def test_a_bus_that_refuses_everything_ends_no_run_early(world, reconciler) -> None:
    world.unpublished = [event(number) for number in range(25)]
    world.refused = {each.event_id for each in world.unpublished}
    report = reconciler.run()
    assert (report.published, report.refused, len(world.put_off_events)) == (0, 25, 25)


def test_an_event_that_is_parked_is_told_and_counted(world, reconciler, logged) -> None:
    world.unpublished, world.refused, world.parks = [event(1), event(2)], {"event-001"}, {"event-001"}
    report = reconciler.run()
    assert (report.published, report.parked, report.event_ms) == (1, 1, 7)
    assert ("error", "an event is parked", {"event_id": "event-001"}) in logged
    assert world.tried_parked == 0
    reconciler.run(try_parked=True)
    assert world.tried_parked == 1


@pytest.mark.parametrize(
    "error", [JournalUnavailable("cut"), StatementRefused("SQLSTATE 57014", Refusal.OTHER)]
)
def test_events_go_out_while_the_journal_is_away_or_an_entry_is_refused(world, reconciler, error) -> None:
    world.unpublished = [event(1)]
    world.arrived = fails(error)
    with pytest.raises(type(error)):
        reconciler.run()
    assert world.published == ["event-001"]


@pytest.mark.parametrize(("takes_s", "published"), [(20, 30), (22.4, 30), (22.5, 20)])
def test_publishing_ends_in_time(world, reconciler, takes_s, published) -> None:
    world.unpublished = [event(number) for number in range(100)]
    world.when_published = lambda: setattr(world, "seconds", world.seconds + takes_s)
    assert reconciler.run().published == published
