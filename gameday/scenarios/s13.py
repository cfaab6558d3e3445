"""S13: the disk of the writer is full. A holder that cannot write is unfit: the other one takes over."""

from gameday.faults import Place, at_once
from gameday.scenario import Expect, Scenario
from gameday.troubles import FillDisk

S13 = Scenario(
    code="S13",
    title="disk full on the writer",
    steps=at_once(FillDisk(Place.HOLDER)),
    # As S1. Until its lease has run out the holder accepts payments (202), which the successor settles.
    expect=Expect(moves=1, restored_s=120.0),
)
