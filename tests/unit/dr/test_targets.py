from dataclasses import replace
from types import SimpleNamespace

import pytest

from dr.operations import Refused
from dr.rules import Purpose
from dr.targets import resolve, serving
from tests.unit.dr.world import EAST, HEALTHY, WEST


def cloud(topology=HEALTHY.topology):
    places = {EAST: None, WEST: None}
    return SimpleNamespace(deployment=SimpleNamespace(places=places), topology=lambda: topology)


@pytest.mark.parametrize(
    ("purpose", "wanted", "target"),
    [
        (Purpose.SWITCHOVER, None, WEST),
        (Purpose.SWITCHOVER, EAST, EAST),
        (Purpose.FAILBACK, WEST, EAST),
        (Purpose.CHECK, None, WEST),
    ],
)
def test_a_failback_goes_home_and_everything_else_away_from_the_holder(purpose, wanted, target):
    assert resolve(HEALTHY, purpose, wanted) == target


def test_the_region_that_serves_is_the_holder_unless_another_is_named():
    assert serving(cloud(), None) == EAST
    assert serving(cloud(None), WEST) == WEST


def test_a_region_that_is_none_and_a_lease_that_is_unknown_are_refused():
    with pytest.raises(Refused, match="us-moon-1 is no region of this system: us-east-1, us-west-2"):
        serving(cloud(), "us-moon-1")
    with pytest.raises(Refused, match="give --region"):
        serving(cloud(replace(HEALTHY.topology, lease=None)), None)


def test_outputs_that_name_one_region_have_no_other_to_move_to():
    alone = replace(HEALTHY, inspections={EAST: HEALTHY.inspections[EAST]})
    with pytest.raises(Refused, match="the outputs name no region but us-east-1: deploy the other one too"):
        resolve(alone, Purpose.SWITCHOVER)
