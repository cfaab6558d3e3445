"""S9: health checks of the holder fail from time to time. Three in a row are needed: nobody may move."""

from gameday.faults import Flap, Place, at_once
from gameday.scenario import Expect, Follow, Scenario

S9 = Scenario(
    code="S9",
    title="flapping health: one check in three fails",
    steps=at_once(Flap(Place.HOLDER, 3)),
    expect=Expect(moves=0, restored_s=0.0, failed_permille=1.0),
    follow=Follow(at_most_s=55.0),
)
