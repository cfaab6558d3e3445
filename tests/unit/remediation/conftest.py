"""A system of three instances and two databases, whose facts a test changes one at a time."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from moto import mock_aws

from remediation.decision import Policy
from remediation.observation import DatabaseSeen, Group, Instance, Mode, Observation, Symptom
from remediation.record import Record
from remediation.turn import Turn
from tests.unit import emulated

NOW = 1_900_000_000_000
GROUP = Group(
    name="web",
    desired=3,
    maximum=4,
    launches_fail=False,
    instances=tuple(
        Instance(id=f"i-{n}", in_service=True, healthy=n != 2, impaired=False) for n in (1, 2, 3)
    ),
)
"""i-2 is sick."""
PRIMARY = DatabaseSeen(id="main", status="available", host="main.aws", multi_az=True)
REPLICA = DatabaseSeen(id="copy", status="available", host="copy.aws", source="main")
POLICY = Policy(may_promote=True, most_lag_s=60)


def observation(symptom: Symptom, **changed: Any) -> Observation:
    facts: dict[str, Any] = {
        "at_ms": NOW,
        "symptom": symptom,
        "alarm": f"webapp-{symptom}-test",
        "ringing": True,
        "rings_since_ms": NOW - 60_000,
        "mode": Mode.ON,
        "group": GROUP,
        "primary": PRIMARY,
        "replica": REPLICA,
        "lag_s": 3.0,
        "writer_name": "db.example.internal",
        "points_at": "main.aws",
    }
    return Observation(**{**facts, **changed})


class World(SimpleNamespace):
    """What a turn works with; `facts` says what is seen of an alarm, and `done` what was called."""

    def ringing(self) -> tuple[str, ...] | None:
        return self.rings

    def observe(self, alarm: str, *, at_ms: int) -> Observation:
        symptom = alarm.removeprefix("webapp-").removesuffix("-test")
        return observation(Symptom(symptom), **{"at_ms": at_ms, **self.facts})

    def apply(self, decision: Any) -> None:
        self.when_applied()
        self.applied.append((decision.action, decision.resource))

    def call(self, decision: Any, *, alarm: str) -> None:
        self.when_called()
        self.pages.append((decision.rule, alarm))


@pytest.fixture
def table():
    with mock_aws():
        client = emulated.client("dynamodb")
        client.create_table(
            TableName="actions",
            AttributeDefinitions=[{"AttributeName": "resource", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "resource", "KeyType": "HASH"}],
            BillingMode="PAY_PER_REQUEST",
        )
        yield client


@pytest.fixture
def world() -> World:
    nothing: Callable[[], None] = lambda: None  # noqa: E731
    return World(now=NOW, facts={}, rings=(), applied=[], pages=[], when_applied=nothing, when_called=nothing)


@pytest.fixture
def turn(table, world) -> Turn:
    return Turn(
        sensors=world,
        effectors=world,
        pager=world,
        record=Record(table, "actions"),
        policy=POLICY,
        clock=lambda: world.now,
    )
