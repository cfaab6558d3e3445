"""Regions, and executions, of different releases take over from each other.

The newer release writes one attribute more into every item, one member more into every request, in another
order, and one field more into every execution's input; the older one leaves out what it did not know of a
lease, and its state machine has a step that is gone. The code is in each case the present one.
"""

import json
from collections import Counter

import pytest

from failover.order import SERVE, PlannedStep
from failover.takeover import Takeover
from lib.failover import takeover as asl
from tests.model.profiles import BY_NAME
from tests.model.run import run
from tests.model.store import DynamoDB
from tests.model.world import EAST, WEST

RUNS = 40
UNKNOWN = {"latest_expiry_ms"}
"""Attributes that came with this release."""
LATER = {"a_later_release": {"S": "knows what this is"}}


def newer(monkeypatch, region: str) -> None:
    """What *region* writes has more in it than this code knows."""
    put, update, payload = DynamoDB.put_item, DynamoDB.update_item, Takeover.payload

    def put_item(self, **request):
        item = request["Item"]
        if self._region == region:
            item = {**item, **LATER, **({"request": _later(item["request"])} if "request" in item else {})}
        return put(self, **request | {"Item": item})

    def update_item(self, **request):
        if self._region == region:
            request["UpdateExpression"] += ", #later = :later"
            request["ExpressionAttributeNames"] |= {"#later": "a_later_release"}
            request["ExpressionAttributeValues"] |= {":later": LATER["a_later_release"]}
        return update(self, **request)

    monkeypatch.setattr(DynamoDB, "put_item", put_item)
    monkeypatch.setattr(DynamoDB, "update_item", update_item)
    monkeypatch.setattr(Takeover, "payload", lambda self: payload(self) | {"a_later_release": 1})


def _later(text: dict[str, str]) -> dict[str, str]:
    """A request as a later release may write it."""
    told = {"a_later_member": None} | json.loads(text["S"])
    return {"S": json.dumps(dict(reversed(told.items())), indent=1)}


def older(monkeypatch, region: str) -> None:
    """What *region* writes of a lease lacks what the release before did not know."""
    put, update = DynamoDB.put_item, DynamoDB.update_item

    def put_item(self, **request):
        if self._region == region:
            known = {name: value for name, value in request["Item"].items() if name not in UNKNOWN}
            request = request | {"Item": known}
        return put(self, **request)

    def update_item(self, **request):
        if self._region == region:
            parts = request["UpdateExpression"].removeprefix("SET ").split(", ")
            known = [part for part in parts if part.split(" = ")[0].lstrip("#") not in UNKNOWN]
            request = request | {"UpdateExpression": "SET " + ", ".join(known)}
        return update(self, **request)

    monkeypatch.setattr(DynamoDB, "put_item", put_item)
    monkeypatch.setattr(DynamoDB, "update_item", update_item)


def played(profile: str) -> Counter[str]:
    total: Counter[str] = Counter()
    for seed in range(RUNS):
        outcome = run(BY_NAME[profile], seed=seed)
        assert outcome.broken is None, (profile, seed)
        total += outcome.count
    return total


@pytest.mark.parametrize("region", [EAST, WEST])
@pytest.mark.parametrize("profile", ["there-and-back", "planned", "ping-pong"])
@pytest.mark.parametrize("release", [newer, older])
def test_regions_of_different_releases_take_over_from_each_other(monkeypatch, release, profile, region):
    release(monkeypatch, region)
    total = played(profile)
    assert total["activated"]
    assert total["201"] > RUNS


@pytest.mark.parametrize("profile", ["storm", "planned"])
def test_an_execution_of_the_release_before_ends_with_the_functions_of_this_one(monkeypatch, profile):
    publish = PlannedStep("publish", "tell consumers")
    for name, steps in (("FORCED", asl.FORCED), ("PLANNED", asl.PLANNED)):
        place = steps.index(SERVE)
        monkeypatch.setattr(asl, name, (*steps[:place], publish, *steps[place:]))
    total = played(profile)
    assert total["activated"]
