"""What a client sees of a planned handover: a pause. The world has one lease, two regions ask for it."""

from dataclasses import replace

import pytest

from durable.errors import JournalUnavailable
from failover.lease import IN_TRANSIT_MS, Handover, Kind, LeaseState
from intake.handover_wait import LONGEST_MS
from intake.request_flow import PATIENCE_MS
from payments import handler as module
from tests.unit.payments.service import Frontend, fail, post
from tests.unit.payments.test_forwarding import MARK, Wire, marked

HANDOVER = Handover(to="us-west-2", kind=Kind.SWITCHOVER, attempt=1)


@pytest.fixture
def wires(world, monkeypatch):
    monkeypatch.setattr(module, "now_ms", world.clock)
    east, west = Frontend(world, "us-east-1"), Frontend(world, "us-west-2")
    west.peer, east.peer = Wire(east), Wire(west)
    world.lease = replace(world.lease, changed_at_ms=world.now_ms)
    return east, west


def drain(world) -> None:
    world.lease = world.lease.draining(HANDOVER, now_ms=world.now_ms)


def hand_over(world) -> None:
    taken = world.lease.handed_over(HANDOVER, now_ms=world.now_ms)
    world.lease = replace(taken, state=LeaseState.ACTIVE)


def after(world, polls: int, happens) -> None:
    """Let something happen while a request sleeps for the *polls*th time."""
    slept = []

    def count() -> None:
        slept.append(1)
        if len(slept) == polls:
            happens()

    world.when_slept = count


def test_a_request_waits_for_the_handover_and_is_passed_on_to_the_new_holder(wires, world) -> None:
    east, west = wires
    drain(world)
    after(world, 8, lambda: hand_over(world))
    answer = east(post())
    assert (answer.status, answer.headers["X-Region"], answer.headers["X-Epoch"]) == (201, "us-west-2", "8")
    assert len(world.rows) == 1
    assert west.peer.calls == []


def test_a_request_waits_in_the_region_that_takes_the_lease_too(wires, world) -> None:
    _, west = wires
    drain(world)
    world.lease = world.lease.handed_over(HANDOVER, now_ms=world.now_ms)
    after(world, 3, lambda: setattr(world, "lease", replace(world.lease, state=LeaseState.ACTIVE)))
    answer = west(post())
    assert (answer.status, answer.headers["X-Region"], west.peer.calls) == (201, "us-west-2", [])


def test_a_handover_that_is_called_off_is_served_where_it_was(wires, world) -> None:
    east, _ = wires
    drain(world)
    after(world, 2, lambda: setattr(world, "lease", world.lease.staying(now_ms=world.now_ms)))
    answer = east(post())
    assert (answer.status, answer.headers["X-Region"], answer.headers["X-Epoch"]) == (201, "us-east-1", "7")


def test_a_request_under_way_when_the_drain_comes_is_finished_by_the_next_holder(wires, world) -> None:
    east, _ = wires

    def drained_meanwhile() -> None:
        world.now_ms += 600
        drain(world)
        world.when_recorded = lambda: None

    world.when_recorded = drained_meanwhile
    after(world, 4, lambda: hand_over(world))
    answer = east(post())
    assert (answer.status, answer.headers["X-Region"], len(world.rows)) == (201, "us-west-2", 1)


def test_a_request_that_was_passed_on_waits_where_it_came_and_not_twice(wires, world) -> None:
    east, west = wires

    def drained_on_the_way() -> None:
        drain(world)
        vars(east).pop("built", None)

    west(post())  # west remembers that east holds the lease
    drained_on_the_way()
    after(world, 5, lambda: hand_over(world))
    answer = west(post(headers=marked(**{"idempotency-key": "order-0002"})))
    assert (answer.status, answer.headers["X-Region"]) == (201, "us-west-2")
    assert len(west.peer.calls) == 2


def test_a_marked_request_is_sent_back_at_once(wires, world) -> None:
    east, _ = wires
    drain(world)
    before = world.now_ms
    answer = east(post(headers=marked(**{MARK: "us-west-2"})))
    assert (answer.status, answer.headers["Retry-After"], world.now_ms) == (503, "1", before)


def test_nobody_waits_for_ever(wires, world) -> None:
    east, _ = wires
    drain(world)
    before = world.now_ms
    answer = east(post())
    assert (answer.status, answer.headers["Retry-After"]) == (503, "1")
    assert LONGEST_MS < world.now_ms - before <= LONGEST_MS + 250


def test_a_clock_that_is_set_back_makes_nobody_wait_for_longer(wires, world) -> None:
    east, _ = wires
    drain(world)
    slept: list[int] = []
    world.when_slept = lambda: (slept.append(1), setattr(world, "now_ms", world.now_ms - 3_600_000))
    assert east(post()).status == 503
    assert LONGEST_MS < 250 * len(slept) <= LONGEST_MS + 250


def test_a_request_that_waited_still_ends_in_time(wires, world) -> None:
    """Six and a half seconds after it came no step starts any more, however long it waited before."""
    east, _ = wires
    drain(world)
    after(world, 16, lambda: setattr(world, "lease", world.lease.staying(now_ms=world.now_ms)))
    world.when_accepted = lambda: setattr(world, "now_ms", world.now_ms + PATIENCE_MS - 1_000)
    answer = east(post())
    assert (answer.status, world.rows) == (503, {})


@pytest.mark.parametrize(
    "changed",
    [
        {"changed_at_ms": 1_000_000 - IN_TRANSIT_MS},
        {"expires_at_ms": 1_002_000},
        {"state": LeaseState.TAKING},
    ],
)
def test_only_a_young_planned_handover_is_waited_for(wires, world, changed) -> None:
    east, _ = wires
    drain(world)
    world.lease = replace(world.lease, **changed)
    before = world.now_ms
    assert (east(post()).status, world.now_ms) == (503, before)


def test_a_holder_that_refuses_and_still_holds_is_believed(wires, world) -> None:
    _, west = wires
    world.when_accepted = fail(JournalUnavailable("no answer"))
    answer = west(post())
    assert (answer.status, answer.headers["X-Region"], len(west.peer.calls)) == (503, "us-east-1", 1)
