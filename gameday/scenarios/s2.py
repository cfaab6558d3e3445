"""S2: the holder's region stands still, is declared lost, and wakes up as if nothing had happened."""

from gameday.faults import Place, Revive, Step, Stop
from gameday.scenario import Expect, Scenario

S2 = Scenario(
    code="S2",
    title="gray failure: region stops answering, then wakes up",
    # It wakes when the other region has long taken over: every write it had in mind must be refused.
    steps=(Step(deed=Stop(Place.HOLDER)), Step(after_s=90.0, deed=Revive(Place.HOLDER))),
    expect=Expect(moves=1, restored_s=120.0),
)
