"""A switchover that is given up: the old region serves again."""

from dataclasses import replace

import pytest

from failover.steps import perform
from failover.steps.errors import Held, NotYet

from .scene import EAST, LEASE, NOW
from .switchover import DRAINING, HERE, TAKEOVER, Well
from .west import OTHER_CLUSTER, OWN_CLUSTER


@pytest.fixture
def west() -> Well:
    return Well()


@pytest.mark.parametrize("reachable", [True, False])
def test_an_undone_switchover_serves_in_the_old_region_and_epoch(context, west, put, clock, reachable):
    put(DRAINING)
    west.reachable = reachable
    clock.now += 5
    assert perform("undo", TAKEOVER, context) == {"undone": True, "holder": EAST, "state": "ACTIVE"}
    assert context.leases.read() == replace(LEASE, changed_at_ms=NOW + 5)


@pytest.mark.parametrize("lease", [LEASE, HERE])
def test_there_is_nothing_to_undo_before_the_drain_and_after_the_handover(context, put, lease):
    put(lease)
    left = {"undone": False, "holder": lease.holder, "state": lease.state}
    assert perform("undo", TAKEOVER, context) == left
    assert context.leases.read() == lease


def test_nothing_is_undone_once_the_writer_is_here(context, west, put):
    put(DRAINING)
    west.promotion_arrives()
    what_to_do = "the writer is here already: start the takeover again, it goes on from here"
    with pytest.raises(Held, match=f"^{what_to_do}$"):
        perform("undo", TAKEOVER, context)


@pytest.mark.parametrize(
    "aurora", [{"members": OTHER_CLUSTER, "to": OWN_CLUSTER}, {"members": OWN_CLUSTER, "to": None}]
)
def test_nothing_is_undone_while_the_writer_moves(context, west, put, aurora):
    put(DRAINING)
    west.aurora = aurora
    with pytest.raises(NotYet, match=r"^Aurora is moving the writer$"):
        perform("undo", TAKEOVER, context)
