"""S20: the holder's region swallows every packet, and an operator looks at it while the other takes over.

A lost region refuses nobody: whoever calls it waits, and what depends on it too, unless each wait is bounded.
"""

from gameday.dr_answers import one_after_the_other
from gameday.faults import Kill, Place, at_once
from gameday.scenario import Expect, Scenario

S20 = Scenario(
    code="S20",
    title="region swallows packets, and an operator looks",
    steps=(
        *at_once(Kill(Place.HOLDER, silently=True)),
        # First nobody holds the lease, then the other region serves; the last of a round follows at once.
        *one_after_the_other("status", "check", after_s=3.0),
        *one_after_the_other("status", "check", after_s=65.0),
    ),
    # As S1.
    expect=Expect(moves=1, restored_s=120.0, least_rescued=1),
)
