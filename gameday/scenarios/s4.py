"""S4: the holder can talk to nobody but clients. It must fence itself, and the other one take over."""

from gameday.faults import Place, isolated
from gameday.scenario import Expect, Scenario

S4 = Scenario(
    code="S4",
    title="holder isolated from everyone but clients",
    steps=isolated(Place.HOLDER),
    # As S1; where DNS prefers the region that takes over, its checks need 3 x 10 s of good news too.
    expect=Expect(moves=1, restored_s=150.0, least_refusals=1),
)
