"""S11: the witness is lost. Two of three votes are left: nothing may happen."""

from gameday.faults import Kill, Place, at_once
from gameday.scenario import Expect, Follow, Scenario

S11 = Scenario(
    code="S11",
    title="witness lost",
    steps=at_once(Kill(Place.WITNESS)),
    expect=Expect(moves=0, restored_s=0.0, failed_permille=1.0),
    follow=Follow(at_most_s=55.0),
)
