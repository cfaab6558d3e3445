"""How late is too late for a payment: the last moment belongs to it, the next one does not."""

import pytest

from durable.entry import EntryState
from intake.request_flow import PATIENCE_MS
from tests.unit.payments.test_payment_flow import KEY, flow_in, refused


def delay(world, step: str, by_ms: int) -> None:
    """Let the clock go on by so much while *step* is done for the first time."""

    def crawl() -> None:
        setattr(world, step, lambda: None)
        world.now_ms += by_ms

    setattr(world, step, crawl)


def test_nothing_arrives_that_would_be_acknowledged_too_late(world, entry) -> None:
    began_ms = world.now_ms
    flow_in(world).take(KEY, entry.request)
    assert world.until_ms == began_ms + PATIENCE_MS
    flow_in(world).take(KEY, entry.request, until_ms=began_ms + 5)
    assert world.until_ms == began_ms + 5


@pytest.mark.parametrize("step", ["when_lease_read", "when_accepted", "when_recorded", "when_settled"])
def test_what_is_done_at_the_last_moment_is_done(world, entry, step) -> None:
    delay(world, step, PATIENCE_MS)
    _, settled = flow_in(world).take(KEY, entry.request)
    assert (settled, world.entries[KEY].state, len(world.rows)) == (True, EntryState.SETTLED, 1)


@pytest.mark.parametrize(
    ("step", "journalled", "recorded"),
    [
        ("when_lease_read", [], 0),
        ("when_accepted", [EntryState.INTENT], 0),
        ("when_recorded", [EntryState.INTENT], 1),
        ("when_settled", [EntryState.SETTLED], 1),
    ],
)
def test_nothing_that_may_wait_starts_late(world, entry, step, journalled, recorded) -> None:
    delay(world, step, PATIENCE_MS + 1)
    found = refused(flow_in(world), entry.request)
    assert found.detail == "Repeat the request unchanged: too slow."
    assert ([kept.state for kept in world.entries.values()], len(world.rows)) == (journalled, recorded)


def test_a_payment_that_came_too_late_to_the_ledger_is_not_settled_by_a_clock_that_is_set_back(
    world, entry
) -> None:
    late_ms: list[int] = []
    world.when_accepted = lambda: late_ms.append(PATIENCE_MS + 1)
    world.clock = lambda: world.now_ms + (late_ms.pop() if late_ms else 0)
    _, settled = flow_in(world).take(KEY, entry.request)
    assert (settled, world.entries[KEY].state, world.rows) == (False, EntryState.INTENT, {})
