"""All scenarios of payments by code.

In this order they leave the cloud so that the next one can follow: those in which nobody moves come
first, the others move the lease to the other region and back again.
"""

from failover.loss import Loss
from gameday.load.arrivals import LoadPlan
from gameday.observe.dr_answers import one_after_the_other
from gameday.plan.faults import Cut, Flap, Kill, Place, Revive, Step, Stop, at_once, isolated
from gameday.plan.partial_faults import (
    FillDisk,
    Lag,
    RefuseManagedFailover,
    RotatePassword,
    Sabotage,
    SetClock,
    SlowPromotion,
    StepFault,
    StopIssuer,
    Throttle,
)
from gameday.plan.scenario import Early, Expect, Follow, Plans, Precondition, Scenario, Side
from gameday.targets.operators import FAILBACK, SWITCHOVER, Typed
from gameday.targets.pasted import Pasted

S1 = Scenario(
    code="S1",
    title="region killed",
    steps=at_once(Kill(Place.HOLDER)),
    # Lease 30 s + skew 2 s + tick 10 s, or health checks 10 s x 3; then TTL 60 s: 102 s of waits.
    expect=Expect(moves=1, restored_s=120.0, least_rescued=1),
    plans=Plans.SURVIVOR,
)
"""The holder's region is killed, and the other one must take over by itself."""

S2 = Scenario(
    code="S2",
    title="gray failure: region stops answering, then wakes up",
    # It wakes when the other region has long taken over: every write it had in mind must be refused.
    steps=(Step(action=Stop(Place.HOLDER)), Step(after_s=90.0, action=Revive(Place.HOLDER))),
    expect=Expect(moves=1, restored_s=120.0),
)
"""The holder's region stands still, is declared lost, and wakes up as if nothing had happened."""

S3 = Scenario(
    code="S3",
    title="link between the regions cut, both alive",
    steps=at_once(Cut(Place.HOLDER, Place.OTHER)),
    expect=Expect(moves=0, restored_s=0.0, failed_permille=1.0),
    # Longer than a lease with skew and a tick: a challenger would have had its time.
    follow=Follow(at_most_s=55.0),
)
"""The regions lose each other while both live. Both still see the witness: nobody may move."""

S4 = Scenario(
    code="S4",
    title="holder isolated from everyone but clients",
    steps=isolated(Place.HOLDER),
    # As S1; where DNS prefers the region that takes over, its checks need 3 x 10 s of good news too.
    expect=Expect(moves=1, restored_s=150.0, least_refusals=1),
)
"""The holder can talk to nobody but clients. It must fence itself, and the other one take over."""

S5 = Scenario(
    code="S5",
    title="old holder returns",
    steps=(Step(action=Kill(Place.HOLDER)), Step(after_s=100.0, action=Revive(Place.HOLDER))),
    expect=Expect(moves=1, restored_s=120.0),
    # Time for three good health checks, and for a keeper that comes every minute, to do harm.
    follow=Follow(at_most_s=200.0, after_last_step_s=65.0),
    plans=Plans.ALL,
)
"""The lost region returns with its old database, still a writer in its own eyes, and must stay out."""

S6 = Scenario(
    code="S6",
    title="planned switchover and failback under clients with stale DNS",
    precondition=Precondition(side=Side.HOME),
    steps=(Step(action=SWITCHOVER), Step(after_s=70.0, action=FAILBACK)),
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
"""An operator moves payments to the other region and home again, under load.

No client may notice more than a pause.
"""

S7 = Scenario(
    code="S7",
    title="control planes of us-east-1 down, data planes up",
    steps=at_once(Kill(Place.CONTROL_PLANES)),
    expect=Expect(moves=0, restored_s=0.0, failed_permille=1.0),
    follow=Follow(at_most_s=55.0),
)
"""The control planes that serve all regions from one home are down, and nothing else is."""

S8 = Scenario(
    code="S8",
    title="region killed while replication lags over budget",
    # More than the 30 s of durable/journal_gap.py, for the whole load: none of it is replicated.
    precondition=Precondition(steady_s=40.0, actions=(Lag(120.0),)),
    steps=at_once(Kill(Place.HOLDER)),
    expect=Expect(moves=1, restored_s=150.0, least_rescued=750, loss=Loss.JOURNAL_COMPLETE),
)
"""The holder dies while replication is far behind.

The journal must make the loss zero, and the takeover's own record must say that it did.
"""

S9 = Scenario(
    code="S9",
    title="flapping health: one check in three fails",
    steps=at_once(Flap(Place.HOLDER, 3)),
    expect=Expect(moves=0, restored_s=0.0, failed_permille=1.0),
    follow=Follow(at_most_s=55.0),
)
"""Health checks of the holder fail from time to time. Three in a row are needed: nobody may move."""

S10_STEPS = 10
"""Of a forced takeover, from the guard to the record."""

S10 = Scenario(
    code="S10",
    title="region killed away from home, and the orchestration killed once in every step",
    precondition=Precondition(side=Side.AWAY, actions=(Sabotage(Place.OTHER, StepFault.KILL),)),
    steps=at_once(Kill(Place.HOLDER)),
    # As S1, for each step a second of the state machine's patience and the start of a new process,
    # and DNS prefers home only once its checks brought three pieces of good news.
    expect=Expect(moves=1, restored_s=180.0, failed_steps=S10_STEPS),
    follow=Follow(at_most_s=240.0),
)
"""The recovery itself is killed, once in every step.

The step has done its work by then, and could not say so yet.
"""

S11 = Scenario(
    code="S11",
    title="witness lost",
    steps=at_once(Kill(Place.WITNESS)),
    expect=Expect(moves=0, restored_s=0.0, failed_permille=1.0),
    follow=Follow(at_most_s=55.0),
)
"""The witness is lost. Two of three votes are left: nothing may happen."""

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
"""Clients that keep dead addresses past their TTL, and retry without a budget."""

S13 = Scenario(
    code="S13",
    title="disk full on the writer",
    steps=at_once(FillDisk(Place.HOLDER)),
    # As S1. Until its lease has run out the holder accepts payments (202), which the successor settles.
    expect=Expect(moves=1, restored_s=120.0),
)
"""The disk of the writer is full. A holder that cannot write is unfit: the other one takes over."""

S14 = Scenario(
    code="S14",
    title="the holder's DynamoDB throttles one call in ten",
    steps=(
        *at_once(Throttle(Place.HOLDER, "dynamodb", 10)),
        Step(after_s=30.0, action=Throttle(Place.HOLDER, "dynamodb", 0)),
    ),
    # A payment needs up to four answers and tries twice for each: 4 in 100 fail and come again. A renewal
    # is due three times before a lease ends.
    expect=Expect(moves=0, restored_s=35.0, failed_permille=80.0),
    follow=Follow(at_most_s=60.0),
)
"""DynamoDB throttles the holder for three renewals of its lease. Clients retry: nobody may move."""

S15__TWO_OPERATORS = Typed(("failover", "--yes"), people=2, to=Place.OTHER, refusable=True)

S15 = Scenario(
    code="S15",
    title="region killed, and two operators type dr failover at the same time",
    steps=(
        Step(action=Kill(Place.HOLDER)),
        # Both wait for the end of the lease, and then write the same item; whoever comes second is told so.
        Step(after_s=1.0, action=S15__TWO_OPERATORS),
    ),
    expect=Expect(moves=1, restored_s=120.0, least_rescued=1),
)
"""The holder is lost, and two operators and the keeper act at once. One epoch begins, and only one."""

S16 = Scenario(
    code="S16",
    title="isolated holder whose clock is 20 s behind",
    steps=(Step(action=SetClock(Place.HOLDER, -20.0)), *isolated(Place.HOLDER)),
    # As S4; acknowledgements are judged by the right time.
    expect=Expect(moves=1, restored_s=150.0, least_refusals=1),
)
"""An isolated holder whose clock is 20 s behind believes in its lease long after it was taken over.

The settings allow for clocks that are wrong by 2 s. With 20 s the waits around the end of a lease protect
nobody any more: by the holder's clock its lease has 20 s left when the other region takes it. What must
hold is what does not go by a clock: a lease is remembered for a second, a payment needs the journal, and the
journal needs a second vote. It is no promise for every schedule: with such clocks, a process that also
stalls at the worst moment can lose a payment (tests/model/test_skew.py).
"""

S17 = Scenario(
    code="S17",
    title="database password rotated during the load",
    steps=at_once(RotatePassword()),
    # Every process logs in again, with the secret that it reads anew; meanwhile payments are accepted (202).
    expect=Expect(moves=0, restored_s=5.0, failed_permille=5.0),
    follow=Follow(at_most_s=55.0),
)
"""The password of the database is rotated under load, and who knew the old one is thrown out."""

S18 = Scenario(
    code="S18",
    title="region killed, and each AWS call of the recovery refused once at each step",
    precondition=Precondition(actions=(Sabotage(Place.OTHER, StepFault.REFUSE),)),
    steps=at_once(Kill(Place.HOLDER)),
    # As S1, and for each refusal the state machine's growing patience. No operator has to help.
    expect=Expect(moves=1, restored_s=300.0, failed_steps=S10_STEPS),
    follow=Follow(at_most_s=420.0),
)
"""Every AWS call of the recovery is refused or throttled the first time a step makes it."""

S19 = Scenario(
    code="S19",
    title="region killed, and the issuer of access tokens down",
    # The other region's gateway must know the issuer's keys by then; its own clients it meets only now.
    steps=at_once(Kill(Place.HOLDER), StopIssuer()),
    expect=Expect(moves=1, restored_s=120.0, least_rescued=1),
)
"""The holder is lost while the issuer of access tokens is down. Who has a token goes on paying."""

S20 = Scenario(
    code="S20",
    title="region swallows packets, and an operator looks",
    steps=(
        *at_once(Kill(Place.HOLDER, silently=True)),
        # First nobody holds the lease, then the other region serves; the last of a round follows at once.
        *one_after_the_other("status", "check", after_s=3.0),
        *one_after_the_other("status", "check", after_s=65.0),
    ),
    # As S1.
    expect=Expect(moves=1, restored_s=120.0, least_rescued=1),
)
"""The holder's region swallows every packet, and an operator looks at it while the other takes over.

A lost region refuses nobody: whoever calls it waits, and what depends on it too, unless each wait is bounded.
"""

S21_OPERATOR_COMES_S = 75.0
"""The other region has taken the lease by then, as in S1, and asks Aurora again and again."""
S21_LOOK_AND_STOP = Pasted("takeover-held.md", (2, 4), Place.OTHER)
S21_DETACH_AND_RETRY = Pasted("procedures/detach-and-promote.md", (1, 2), Place.OTHER)

S21 = Scenario(
    code="S21",
    title="region killed, and an operator detaches and promotes",
    steps=(
        *at_once(Kill(Place.HOLDER), RefuseManagedFailover(Place.OTHER)),
        *(
            Step(after_s=S21_OPERATOR_COMES_S, action=action)
            for action in (S21_LOOK_AND_STOP, S21_DETACH_AND_RETRY)
        ),
    ),
    # The operator, a takeover from its first step, and DNS that followed long before.
    expect=Expect(moves=1, restored_s=S21_OPERATOR_COMES_S + 60.0, least_rescued=1),
    follow=Follow(at_most_s=240.0),
)
"""The holder's region is lost, and Aurora refuses the managed failover for ever.

An operator stops the execution that asks in vain and follows docs/runbooks: detach, promote, `dr retry`.
"""

S22_PROMOTION_S = 480.0
"""As long as a forced promotion of Aurora was seen to take (docs/adr/0020)."""

S22 = Scenario(
    code="S22",
    title="region killed, and the promotion takes eight minutes",
    steps=at_once(Kill(Place.HOLDER), SlowPromotion(Place.OTHER, S22_PROMOTION_S)),
    # Half of the load of other drills: what is accepted in seven minutes is settled one by one afterwards.
    load=LoadPlan(rate=10.0),
    # Accepted: as S1 was restored. Settled at once again: the lease, the promotion, the steps after it.
    expect=Expect(
        moves=1,
        restored_s=S22_PROMOTION_S + 120.0,
        least_rescued=1,
        early=Early(
            first_s=60.0,
            accepted_s=100.0,
            promoted_s=S22_PROMOTION_S,
            settled_s=S22_PROMOTION_S + 420.0,
        ),
    ),
    # The reconciler works for 25 s of each minute.
    follow=Follow(at_most_s=S22_PROMOTION_S + 180.0, settle_s=300.0),
)
"""The holder is lost, and Aurora needs eight minutes to promote the copy. Nobody waits for it.

Requests are accepted (202) as soon as the other region has the lease. When the writer is there, new ones are
settled at once, and the reconciler settles those that were accepted.
"""

_IN_ORDER = (
    *(S3, S7, S9, S11, S14, S17),
    *(S6, S1, S10, S2, S4, S5, S8, S18, S12, S13, S15, S19, S16, S20, S21, S22),
)

SCENARIOS = {scenario.code: scenario for scenario in _IN_ORDER}
