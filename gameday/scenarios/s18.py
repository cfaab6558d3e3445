"""S18: every AWS call of the recovery is refused or throttled the first time a step makes it."""

from gameday.faults import Kill, Place, at_once
from gameday.scenario import Expect, Follow, Given, Scenario
from gameday.scenarios.s10 import STEPS
from gameday.troubles import Harm, Sabotage

S18 = Scenario(
    code="S18",
    title="region killed, and each AWS call of the recovery refused once at each step",
    given=Given(deeds=(Sabotage(Place.OTHER, Harm.REFUSE),)),
    steps=at_once(Kill(Place.HOLDER)),
    # As S1, and for each refusal the state machine's growing patience. No operator has to help.
    expect=Expect(moves=1, restored_s=300.0, failed_steps=STEPS),
    follow=Follow(at_most_s=420.0),
)
