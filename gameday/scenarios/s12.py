"""S12: clients that keep dead addresses past their TTL, and retry without a budget."""

from gameday.faults import Kill, Place, at_once
from gameday.load import LoadPlan
from gameday.scenario import Expect, Follow, Scenario

S12 = Scenario(
    code="S12",
    title="region killed under a retry storm of clients with stale DNS",
    steps=at_once(Kill(Place.HOLDER)),
    # Half of the payments of other drills, because each comes back dozens of times.
    load=LoadPlan(rate=10.0, retry_ratio=20.0, stale_populations=2, stale_s=90.0),
    # An address looked up right before DNS moves (30 s) is kept for 90 s.
    expect=Expect(moves=1, restored_s=140.0),
    follow=Follow(at_most_s=210.0),
)
