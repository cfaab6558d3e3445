"""All scenarios of the trading platform by code.

In this order they leave the cloud so that the next one can follow: those in which nobody moves come
first, the others move the lease to the other region and back again.
"""

from gameday.load.arrivals import LoadPlan
from gameday.plan.faults import Cut, Kill, Place, Revive, Step, Stop, at_once
from gameday.plan.fleet_faults import CutCopies, KillZone, RefuseLaunches, WriterAway
from gameday.plan.partial_faults import SetClock
from gameday.plan.scenario import Expect, Follow, Plans, Precondition, Scenario, Side
from gameday.targets.operators import FAILBACK, HALT, RESUME_TRADING, SWITCHOVER
from gameday.targets.two_regions.instances import KillInstance

LOAD = LoadPlan(rate=8.0, kept_open=2)
"""New orders a second. With what follows on their answers these are twice as many requests."""
TAKEN_OVER_S = 100.0
"""Lease 20 s + skew 2 s + tick 8 s, or health checks 10 s x 3; then TTL 60 s: 90 s of waits, and ten."""

T1 = Scenario(
    code="T-1",
    title="region killed",
    steps=at_once(Kill(Place.HOLDER)),
    load=LOAD,
    expect=Expect(moves=1, restored_s=TAKEN_OVER_S, least_rescued=1),
    plans=Plans.SURVIVOR,
)
"""The holder's region is killed, and the other one must take over by itself, with the instances it has."""

T2 = Scenario(
    code="T-2",
    title="gray failure: region stops answering, then wakes up",
    # It wakes when the other region has long taken over: every write it had in mind must be refused.
    steps=(Step(action=Stop(Place.HOLDER)), Step(after_s=90.0, action=Revive(Place.HOLDER))),
    load=LOAD,
    # As T-1, and a request to what stands still waits for its client's patience.
    expect=Expect(moves=1, restored_s=TAKEN_OVER_S + 10.0),
)
"""The holder's region stands still, is declared lost, and wakes up as if nothing had happened."""

T3 = Scenario(
    code="T-3",
    title="planned switchover and failback under kept-open connections",
    precondition=Precondition(side=Side.HOME),
    steps=(Step(action=SWITCHOVER), Step(after_s=70.0, action=FAILBACK)),
    # Clients wait longer than the pause may last; half of them never ask DNS again.
    load=LoadPlan(rate=5.0, request_timeout_s=10.0, kept_open=4),
    expect=Expect(moves=2, planned=2, restored_s=10.0, failed_permille=0.0, stall_s=5.0),
    follow=Follow(at_most_s=200.0, after_last_step_s=60.0),
    plans=Plans.SWAPPED,
)
"""An operator moves order entry to the other region and home again.

No client may notice more than a pause.
"""

T7 = Scenario(
    code="T-7",
    title="link between the regions cut, both alive",
    steps=at_once(Cut(Place.HOLDER, Place.OTHER)),
    load=LOAD,
    expect=Expect(moves=0, restored_s=0.0, failed_permille=1.0),
    # Longer than a lease with skew and a tick: a challenger would have had its time.
    follow=Follow(at_most_s=45.0),
)
"""The regions lose each other while both live. Both still see the witness: nobody may move."""

T8 = Scenario(
    code="T-8",
    title="old primary returns",
    steps=(Step(action=Kill(Place.HOLDER)), Step(after_s=90.0, action=Revive(Place.HOLDER))),
    load=LOAD,
    expect=Expect(moves=1, restored_s=TAKEN_OVER_S, least_rescued=1),
    # Time for three good health checks, and for a keeper that comes every minute, to do harm.
    follow=Follow(at_most_s=200.0, after_last_step_s=65.0),
    plans=Plans.ALL,
)
"""The lost region returns with its old database, still a writer in its own eyes, and must stay out."""

READER_WRITES_S = 6.0
"""A keeper that finds no writer renews no lease, which lasts 20 s: a longer absence may cost it."""

T4 = Scenario(
    code="T-4",
    title="an instance of the holder killed",
    steps=at_once(KillInstance(Place.HOLDER)),
    load=LOAD,
    # The balancer leaves a target after three checks of 10 s; until then one attempt in three meets it.
    expect=Expect(moves=0, restored_s=45.0, failed_permille=250.0),
    follow=Follow(at_most_s=75.0),
)
"""One instance of three dies, and EC2 says so. The region serves on, and Auto Scaling replaces it."""

T5 = Scenario(
    code="T-5",
    title="a zone of the holder lost, with an instance in three",
    steps=at_once(KillZone(Place.HOLDER, "a")),
    load=LOAD,
    # As T-4.
    expect=Expect(moves=0, restored_s=45.0, failed_permille=250.0),
    follow=Follow(at_most_s=75.0),
)
"""The instances of a zone die without a word. The region serves on with those of the other zones."""

T6 = Scenario(
    code="T-6",
    title="writer of the database lost, the region's reader takes over",
    steps=at_once(WriterAway(READER_WRITES_S)),
    load=LOAD,
    # Until then orders are accepted (202); what asks the ledger itself is refused and comes again.
    expect=Expect(moves=0, restored_s=20.0, failed_permille=150.0),
    follow=Follow(at_most_s=60.0),
)
"""The database fails over within the region, which keeps the lease. No acknowledged order is lost."""

T9 = Scenario(
    code="T-9",
    title="region killed while nothing can be launched and control planes are down",
    precondition=Precondition(actions=(RefuseLaunches(), Kill(Place.CONTROL_PLANES))),
    steps=at_once(Kill(Place.HOLDER)),
    load=LOAD,
    expect=Expect(moves=1, restored_s=TAKEN_OVER_S, least_rescued=1),
)
"""As T-1, and no slower: a recovery launches nothing, and asks no control plane of another region."""

T10 = Scenario(
    code="T-10",
    title="region killed after copies of its audit trail were cut off",
    precondition=Precondition(actions=(CutCopies(),)),
    steps=at_once(Kill(Place.HOLDER)),
    load=LOAD,
    expect=Expect(moves=1, restored_s=TAKEN_OVER_S, least_rescued=1),
)
"""Orders do not depend on the copies of the audit trail."""

T12 = Scenario(
    code="T-12",
    title="clock of the other region 20 s fast",
    steps=at_once(SetClock(Place.OTHER, 20.0)),
    load=LOAD,
    expect=Expect(moves=0, restored_s=0.0, failed_permille=1.0),
    # Three terms of the lease: by that clock each of them has run out before it is renewed.
    follow=Follow(at_most_s=60.0),
)
"""The other region believes that the lease has run out. It must see that it is renewed, and take nothing."""

T13_HALTED_S, T13_RESUMED_S = 10.0, 100.0

T13 = Scenario(
    code="T-13",
    title="order entry halted during a failover, and resumed after it",
    steps=(
        Step(action=Kill(Place.HOLDER)),
        Step(after_s=T13_HALTED_S, action=HALT),
        Step(after_s=T13_RESUMED_S, action=RESUME_TRADING),
    ),
    load=LOAD,
    # The command itself, and clients that come again within five seconds.
    expect=Expect(moves=1, restored_s=T13_RESUMED_S + 30.0, least_rescued=1),
    follow=Follow(at_most_s=210.0),
)
"""The kill switch survives the failover: no new order is taken until somebody resumes trading."""

_IN_ORDER = (T7, T12, T4, T5, T6, T3, T1, T2, T8, T9, T10, T13)

SCENARIOS = {scenario.code: scenario for scenario in _IN_ORDER}
