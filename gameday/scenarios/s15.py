"""S15: the holder is lost, and two operators and the keeper act at once. One epoch begins, and only one."""

from gameday.faults import Kill, Place, Step
from gameday.operators import Typed
from gameday.scenario import Expect, Scenario

_TWO_OPERATORS = Typed(("failover", "--yes"), people=2, to=Place.OTHER, refusable=True)

S15 = Scenario(
    code="S15",
    title="region killed, and two operators type dr failover at the same time",
    steps=(
        Step(deed=Kill(Place.HOLDER)),
        # Both wait for the end of the lease, and then write the same item; whoever comes second is told so.
        Step(after_s=1.0, deed=_TWO_OPERATORS),
    ),
    expect=Expect(moves=1, restored_s=120.0, least_rescued=1),
)
