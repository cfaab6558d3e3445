import pytest

from gameday.targets.webapp.world import balanced


@pytest.mark.parametrize(
    ("zones", "even"), [("abc", True), ("aabc", True), ("aabb", False), ("aab", False), ("aabbc", True)]
)
def test_a_drill_begins_when_no_instance_is_to_be_moved_to_another_zone(zones, even):
    group = {
        "AvailabilityZones": ["a", "b", "c"],
        "Instances": [{"AvailabilityZone": zone} for zone in zones],
    }
    assert balanced(group) is even
