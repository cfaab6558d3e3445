"""How a write may change the lease: every kind of change, and what is wrong with it."""

from dataclasses import replace

import pytest

from gameday.judge.invariants import LeaseWrite, lease_change, no_writer, taken_before_expiry
from tests.unit.gameday.builders import EAST, WEST

SERVING = LeaseWrite(epoch=4, holder=EAST, state="ACTIVE", expires_at=30.0, kind="failover", previous=WEST)
DRAINING = replace(SERVING, state="DRAINING", to=WEST)
TAKEN = replace(SERVING, epoch=5, holder=WEST, state="TAKING", expires_at=60.0, previous=EAST)
HANDED = replace(TAKEN, kind="switchover", expires_at=30.0)
BACK = replace(TAKEN, epoch=6, holder=EAST, kind="bootstrap", previous=WEST)
ANEW = replace(SERVING, epoch=9, state="TAKING", kind="bootstrap", previous=EAST)


@pytest.mark.parametrize(
    ("old", "new", "broken"),
    [
        (None, TAKEN, None),
        (SERVING, replace(SERVING, expires_at=31.0), None),
        (SERVING, DRAINING, None),
        (DRAINING, SERVING, None),
        (SERVING, replace(SERVING, holder=WEST), "epoch 4 went from us-east-1 to us-west-2"),
        (SERVING, replace(SERVING, expires_at=29.0), "the expiry of epoch 4 went backwards"),
        (SERVING, replace(SERVING, state="TAKING"), "epoch 4 is TAKING again after ACTIVE"),
        (SERVING, TAKEN, None),
        (SERVING, replace(TAKEN, epoch=6), "does not follow"),
        (SERVING, replace(TAKEN, epoch=3), "does not follow"),
        (SERVING, replace(TAKEN, previous=WEST), "does not follow"),
        (DRAINING, HANDED, None),
        (SERVING, HANDED, "was handed over from"),
        (replace(DRAINING, to=EAST), HANDED, "was handed over from"),
        (DRAINING, replace(HANDED, epoch=6), "was handed over from"),
        (DRAINING, replace(HANDED, expires_at=31.0), "changed the expiry"),
        (TAKEN, BACK, None),
        (replace(TAKEN, state="ACTIVE"), BACK, "was taken back from"),
        (replace(TAKEN, previous=WEST), BACK, "was taken back from"),
        (TAKEN, replace(BACK, epoch=7), "was taken back from"),
        (SERVING, ANEW, None),
        (TAKEN, ANEW, None),
        (replace(TAKEN, state="ACTIVE"), ANEW, "was begun anew from"),
        (replace(ANEW, epoch=10), ANEW, "was begun anew from"),
    ],
)
def test_each_change_of_the_lease_is_allowed_or_named(old, new, broken):
    found = lease_change(old, new)
    assert broken in found if broken else found is None


@pytest.mark.parametrize(
    ("old", "new", "at", "early"),
    [
        (None, TAKEN, 0.0, False),
        (SERVING, TAKEN, 30.0, False),
        (SERVING, TAKEN, 29.0, True),
        (TAKEN, BACK, 59.0, True),
        (DRAINING, HANDED, 29.0, False),
        (SERVING, ANEW, 29.0, False),
        (TAKEN, replace(ANEW, epoch=6), 29.0, False),
        (replace(TAKEN, accepts=True), replace(ANEW, epoch=6), 59.0, True),
        (replace(TAKEN, accepts=True), replace(ANEW, epoch=6, holder=WEST, previous=WEST), 59.0, False),
        (SERVING, DRAINING, 29.0, False),
    ],
)
def test_only_what_was_taken_waits_for_the_expiry(old, new, at, early):
    assert bool(taken_before_expiry(old, new, at=at)) is early


@pytest.mark.parametrize(
    ("old", "new", "ahead"), [(DRAINING, HANDED, True), (SERVING, TAKEN, False), (None, HANDED, False)]
)
def test_only_a_handover_follows_the_writer(old, new, ahead):
    assert bool(no_writer(old, new, writes=False)) is ahead
    assert no_writer(old, new, writes=True) is None
