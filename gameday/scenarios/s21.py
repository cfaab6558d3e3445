"""S21: the holder's region is lost, and Aurora refuses the managed failover for ever.

An operator stops the execution that asks in vain and follows docs/runbooks: detach, promote, `dr retry`.
"""

from gameday.faults import Kill, Place, Step, at_once
from gameday.pasted import Pasted
from gameday.scenario import Expect, Follow, Scenario
from gameday.troubles import RefuseManagedFailover

OPERATOR_COMES_S = 75.0
"""The other region has taken the lease by then, as in S1, and asks Aurora again and again."""
LOOK_AND_STOP = Pasted("takeover-held.md", (2, 4), Place.OTHER)
DETACH_AND_RETRY = Pasted("procedures/detach-and-promote.md", (1, 2), Place.OTHER)

S21 = Scenario(
    code="S21",
    title="region killed, and an operator detaches and promotes",
    steps=(
        *at_once(Kill(Place.HOLDER), RefuseManagedFailover(Place.OTHER)),
        *(Step(after_s=OPERATOR_COMES_S, deed=deed) for deed in (LOOK_AND_STOP, DETACH_AND_RETRY)),
    ),
    # The operator, a takeover from its first step, and DNS that followed long before.
    expect=Expect(moves=1, restored_s=OPERATOR_COMES_S + 60.0, least_rescued=1),
    follow=Follow(at_most_s=240.0),
)
