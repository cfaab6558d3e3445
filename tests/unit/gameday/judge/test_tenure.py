"""Whose acknowledgements count: read off the lease as it was observed, at its widest."""

from math import inf

import pytest

from gameday.judge.tenure import Tenure, rightful, tenures
from tests.unit.gameday.builders import EAST, WEST, history, lease

FIRST = Tenure(epoch=1, holder=EAST, begin=-inf, end=1025.0)
SECOND = Tenure(epoch=2, holder=WEST, begin=1039.9, end=1130.0)


def test_a_tenure_lasts_from_the_last_look_before_it_was_active_to_the_expiry_of_its_last_renewal():
    assert tenures(history().leases) == [FIRST, SECOND]


def test_a_later_epoch_ends_an_earlier_one_whatever_its_lease_said():
    seen = [lease(980.0, 1, expires_at=1025.0), lease(1000.0, 2, expires_at=1030.0)]
    assert [(one.begin, one.end) for one in tenures(seen)] == [(-inf, 1000.0), (980.0, 1030.0)]


def test_a_takeover_that_never_became_active_may_acknowledge_nothing_and_still_ends_the_old_tenure():
    seen = [lease(980.0, 1, expires_at=1025.0), lease(1010.0, 2, "TAKING", expires_at=1060.0)]
    found = tenures(seen)
    assert [(one.epoch, one.end) for one in found] == [(1, 1010.0)]
    assert not rightful(found, region=WEST, epoch=2, at=1020.0)


@pytest.mark.parametrize(
    ("region", "epoch", "at", "expected"),
    [
        (EAST, 1, 1024.9, True),
        (EAST, 1, 1025.0, False),
        (WEST, 2, 1039.9, True),
        (WEST, 2, 1039.8, False),
        (EAST, 2, 1050.0, False),
        (WEST, 1, 1000.0, False),
        (None, 1, 1000.0, False),
        (EAST, None, 1000.0, False),
    ],
)
def test_only_the_holder_in_its_own_epoch_and_time_is_rightful(region, epoch, at, expected):
    assert rightful([FIRST, SECOND], region=region, epoch=epoch, at=at) is expected
