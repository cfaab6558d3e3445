"""S1: the holder's region is killed, and the other one must take over by itself."""

from gameday.faults import Kill, Place, at_once
from gameday.scenario import Expect, Plans, Scenario

S1 = Scenario(
    code="S1",
    title="region killed",
    steps=at_once(Kill(Place.HOLDER)),
    # Lease 30 s + skew 2 s + tick 10 s, or health checks 10 s x 3; then TTL 60 s: 102 s of waits.
    expect=Expect(moves=1, restored_s=120.0, least_rescued=1),
    plans=Plans.SURVIVOR,
)
