"""S8: the holder dies while replication is far behind.

The journal must make the loss zero, and the takeover's own record must say that it did.
"""

from failover.loss import Loss
from gameday.faults import Kill, Place, at_once
from gameday.scenario import Expect, Given, Scenario
from gameday.troubles import Lag

S8 = Scenario(
    code="S8",
    title="region killed while replication lags over budget",
    # More than the 30 s of failover/steps/inspection.py, for the whole load: none of it is replicated.
    given=Given(steady_s=40.0, deeds=(Lag(120.0),)),
    steps=at_once(Kill(Place.HOLDER)),
    expect=Expect(moves=1, restored_s=150.0, least_rescued=750, loss=Loss.JOURNAL_COMPLETE),
)
