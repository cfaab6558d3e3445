"""What drills order of instances, zones, copies and writers."""

import pytest

from gameday.plan.faults import Ordered, Place
from gameday.plan.fleet_faults import CutCopies, KillZone, RefuseLaunches, WriterAway
from localcloud.database_faults import DATABASE_FAULTS
from localcloud.fleet.partial_faults import FLEET_FAULTS
from tests.unit.gameday.builders import EAST, WEST

PLACES = {Place.HOLDER: EAST, Place.OTHER: WEST}


@pytest.mark.parametrize(
    ("action", "name", "body", "words"),
    [
        (
            RefuseLaunches(),
            "launches-refused",
            {"zones": ["*"]},
            "no instance can be launched in either region",
        ),
        (KillZone(Place.HOLDER, "a"), "zone-kill", {"zone": f"{EAST}a"}, f"zone {EAST}a lost"),
        (
            WriterAway(6.0),
            "database-away",
            {"standby_s": 6.0},
            "the machine of the writer is lost; the region's reader writes after 6 s",
        ),
        (CutCopies(), "copies", {"cut": True}, "copies of objects do not reach the other region"),
    ],
)
def test_an_action_is_an_order_to_the_local_cloud(action, name, body, words):
    order = action.order(PLACES)
    assert isinstance(action, Ordered)
    assert (order.path, order.body) == (f"/faults/{name}", body)
    assert action.describe(PLACES) == words
    assert name in {*FLEET_FAULTS, *DATABASE_FAULTS, "copies"}
