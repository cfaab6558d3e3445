"""S14: DynamoDB throttles the holder for three renewals of its lease. Clients retry: nobody may move."""

from gameday.faults import Place, Step, at_once
from gameday.scenario import Expect, Follow, Scenario
from gameday.troubles import Throttle

S14 = Scenario(
    code="S14",
    title="the holder's DynamoDB throttles one call in ten",
    steps=(
        *at_once(Throttle(Place.HOLDER, "dynamodb", 10)),
        Step(after_s=30.0, deed=Throttle(Place.HOLDER, "dynamodb", 0)),
    ),
    # A payment needs up to four answers and tries twice for each: 4 in 100 fail and come again. A renewal
    # is due three times before a lease ends.
    expect=Expect(moves=0, restored_s=35.0, failed_permille=80.0),
    follow=Follow(at_most_s=60.0),
)
