"""S6: an operator moves payments to the other region and home again, under load.

No client may notice more than a pause.
"""

from gameday.faults import Step
from gameday.load import LoadPlan
from gameday.operators import FAILBACK, SWITCHOVER
from gameday.scenario import Expect, Follow, Given, Plans, Scenario, Side

S6 = Scenario(
    code="S6",
    title="planned switchover and failback under clients with stale DNS",
    given=Given(side=Side.HOME),
    steps=(Step(deed=SWITCHOVER), Step(after_s=70.0, deed=FAILBACK)),
    # Requests wait in the functions while the lease is on its way, a process each: fewer than elsewhere, or
    # two cores would still start them when the pause is over. Clients wait longer than the pause may last.
    load=LoadPlan(rate=10.0, request_timeout_s=10.0, stale_populations=2, stale_s=120.0),
    # An error is a payment without an acknowledgement; an attempt that had to be repeated would show
    # among the failed ones, of which there may be none.
    expect=Expect(moves=2, planned=2, restored_s=10.0, failed_permille=0.0, stall_s=5.0),
    # DNS comes home after three good health checks.
    follow=Follow(at_most_s=200.0, after_last_step_s=60.0),
    plans=Plans.SWAPPED,
)
