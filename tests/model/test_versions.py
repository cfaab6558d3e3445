"""Regions, and executions, of different releases take over from each other.

The newer release writes one attribute more into every item and one field more into every execution's input;
the older one's state machine has a step that is gone. The code is in each case the present one.
"""

from collections import Counter

import pytest

from failover.takeover import Takeover
from lib.constructs import takeover as asl
from tests.model.many import quiet
from tests.model.profiles import BY_NAME
from tests.model.run import run
from tests.model.store import DynamoDB
from tests.model.world import EAST, WEST

RUNS = 60
LATER = {"a_later_release": {"S": "knows what this is"}}


@pytest.fixture(autouse=True)
def _silence():
    quiet()


def newer(monkeypatch, region: str) -> None:
    """What *region* writes has more in it than this code knows."""
    put, update, payload = DynamoDB.put_item, DynamoDB.update_item, Takeover.payload

    def put_item(self, **request):
        more = LATER if self._region == region else {}
        return put(self, **request | {"Item": request["Item"] | more})

    def update_item(self, **request):
        if self._region == region:
            request["UpdateExpression"] += ", #later = :later"
            request["ExpressionAttributeNames"] |= {"#later": "a_later_release"}
            request["ExpressionAttributeValues"] |= {":later": LATER["a_later_release"]}
        return update(self, **request)

    monkeypatch.setattr(DynamoDB, "put_item", put_item)
    monkeypatch.setattr(DynamoDB, "update_item", update_item)
    monkeypatch.setattr(Takeover, "payload", lambda self: payload(self) | {"a_later_release": 1})


def played(profile: str) -> Counter[str]:
    total: Counter[str] = Counter()
    for seed in range(RUNS):
        outcome = run(BY_NAME[profile], seed=seed)
        assert outcome.broken is None, (profile, seed)
        total += outcome.count
    return total


@pytest.mark.parametrize("region", [EAST, WEST])
@pytest.mark.parametrize("profile", ["there-and-back", "planned", "ping-pong"])
def test_regions_of_different_releases_take_over_from_each_other(monkeypatch, profile, region):
    newer(monkeypatch, region)
    total = played(profile)
    assert total["activated"]
    assert total["201"] > RUNS


@pytest.mark.parametrize("profile", ["storm", "planned"])
def test_an_execution_of_the_release_before_ends_with_the_functions_of_this_one(monkeypatch, profile):
    steps = dict(asl.AFTER_WRITER)
    place = list(steps).index("Activate")
    older = [*list(steps.items())[:place], ("Publish", "publish"), *list(steps.items())[place:]]
    monkeypatch.setattr(asl, "AFTER_WRITER", dict(older))
    total = played(profile)
    assert total["activated"]
