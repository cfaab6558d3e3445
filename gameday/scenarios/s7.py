"""S7: the control planes that serve all regions from one home are down, and nothing else is."""

from gameday.faults import Kill, Place, at_once
from gameday.scenario import Expect, Follow, Scenario

S7 = Scenario(
    code="S7",
    title="control planes of us-east-1 down, data planes up",
    steps=at_once(Kill(Place.CONTROL_PLANES)),
    expect=Expect(moves=0, restored_s=0.0, failed_permille=1.0),
    follow=Follow(at_most_s=55.0),
)
