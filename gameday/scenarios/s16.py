"""S16: an isolated holder whose clock is 20 s behind believes in its lease long after it was taken over.

The settings allow for clocks that are wrong by 2 s. With 20 s the waits around the end of a lease protect
nobody any more: by the holder's clock its lease has 20 s left when the other region takes it. What must
hold is what does not go by a clock: a lease is remembered for a second, a payment needs the journal, and the
journal needs a second vote. It is no promise for every schedule: with such clocks, a process that also
stalls at the worst moment can lose a payment (tests/model/test_skew.py).
"""

from gameday.faults import Place, Step, isolated
from gameday.scenario import Expect, Scenario
from gameday.troubles import SetClock

S16 = Scenario(
    code="S16",
    title="isolated holder whose clock is 20 s behind",
    steps=(Step(deed=SetClock(Place.HOLDER, -20.0)), *isolated(Place.HOLDER)),
    # As S4; acknowledgements are judged by the right time.
    expect=Expect(moves=1, restored_s=150.0, least_refusals=1),
)
