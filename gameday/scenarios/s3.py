"""S3: the regions lose each other while both live. Both still see the witness: nobody may move."""

from gameday.faults import Cut, Place, at_once
from gameday.scenario import Expect, Follow, Scenario

S3 = Scenario(
    code="S3",
    title="link between the regions cut, both alive",
    steps=at_once(Cut(Place.HOLDER, Place.OTHER)),
    expect=Expect(moves=0, restored_s=0.0, failed_permille=1.0),
    # Longer than a lease with skew and a tick: a challenger would have had its time.
    follow=Follow(at_most_s=55.0),
)
