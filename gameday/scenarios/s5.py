"""S5: the lost region returns with its old database, still a writer in its own eyes, and must stay out."""

from gameday.faults import Kill, Place, Revive, Step
from gameday.scenario import Expect, Follow, Plans, Scenario

S5 = Scenario(
    code="S5",
    title="old holder returns",
    steps=(Step(deed=Kill(Place.HOLDER)), Step(after_s=100.0, deed=Revive(Place.HOLDER))),
    expect=Expect(moves=1, restored_s=120.0),
    # Time for three good health checks, and for a keeper that comes every minute, to do harm.
    follow=Follow(at_most_s=200.0, after_last_step_s=65.0),
    plans=Plans.ALL,
)
