"""S10: the recovery itself is killed, once in every step.

The step has done its work by then, and could not say so yet.
"""

from gameday.faults import Kill, Place, at_once
from gameday.scenario import Expect, Follow, Given, Scenario, Side
from gameday.troubles import Harm, Sabotage

STEPS = 9
"""Of a forced takeover, from the guard to the record."""

S10 = Scenario(
    code="S10",
    title="region killed away from home, and the orchestration killed once in every step",
    given=Given(side=Side.AWAY, deeds=(Sabotage(Place.OTHER, Harm.KILL),)),
    steps=at_once(Kill(Place.HOLDER)),
    # As S1, for each step a second of the state machine's patience and the start of a new process,
    # and DNS prefers home only once its checks brought three pieces of good news.
    expect=Expect(moves=1, restored_s=180.0, failed_steps=STEPS),
    follow=Follow(at_most_s=240.0),
)
