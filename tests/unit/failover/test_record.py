"""The end of a takeover: what is recorded, and what consumers are told."""

import json
import re
from dataclasses import replace
from types import SimpleNamespace

import pytest
from botocore.exceptions import ConnectTimeoutError

from durable.event_bus import own_bus
from failover.lease import Kind, LeaseState
from failover.lease_table import LeaseTable
from failover.steps import perform
from failover.steps.errors import NotYet
from failover.takeover import Takeover
from payments import functions
from runtime.parameters import ParameterUnavailable

from .faults import fails, refusal
from .scene import EAST, LEASE, NOW, TTL, WEST
from .west import TAKEN, TAKEOVER, West

SERVING = replace(TAKEN, state=LeaseState.ACTIVE)


@pytest.fixture
def west() -> West:
    return West()


@pytest.fixture
def context(west: West, leases: LeaseTable, clock) -> SimpleNamespace:
    return SimpleNamespace(region=WEST, leases=leases, bus=own_bus(WEST, west, west, "payments"), clock=clock)


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        (Kind.FAILOVER, "FailoverCompleted"),
        (Kind.SWITCHOVER, "SwitchoverCompleted"),
        (Kind.FAILBACK, "FailbackCompleted"),
    ],
)
def test_P05_the_end_of_a_takeover_is_told_once_on_the_own_regions_bus(*, context, west, put, kind, told):
    west.published["events/endpoint"] = "abc.veo"
    takeover = Takeover.of(put(replace(SERVING, kind=kind)))
    assert perform("record", takeover, context)["published"] is True
    [entry] = west.told
    assert json.loads(entry.pop("Detail")) == {
        "event_id": "payments-8",
        "region": WEST,
        "epoch": 8,
        "from": EAST,
        "to": WEST,
        "published_in": WEST,
    }
    assert entry == {
        "EventBusName": "payments-events",
        "Source": "payments.operations",
        "DetailType": told,
    }


def test_a_step_that_runs_again_tells_the_same_event(context, west, put):
    put(SERVING)
    for _ in range(2):
        perform("record", TAKEOVER, context)
    put(replace(SERVING, attempt=2))
    perform("record", replace(TAKEOVER, attempt=2), context)
    assert west.told == [west.told[0]] * 3


def test_the_evidence_of_a_takeover_is_one_line_and_the_answer(context, put, clock, logged):
    put(SERVING)
    clock.now += 5_000
    evidence = {
        "takeover": TAKEOVER.payload(),
        "active_since_ms": NOW,
        "expires_at_ms": NOW + TTL,
        "automation": "PAUSED",
        "recorded_at_ms": NOW + 5_000,
        "published": True,
    }
    assert perform("record", TAKEOVER, context) == evidence
    assert logged[0] == ("info", "takeover complete", evidence)


def test_a_takeover_that_is_not_over_is_not_told(context, west, put):
    put(TAKEN)
    with pytest.raises(NotYet):
        perform("record", TAKEOVER, context)
    assert west.told == []


def test_a_bootstrap_moves_nothing_and_tells_nobody(context, west, put, logged):
    first = put(replace(LEASE, holder=WEST, previous_holder=None))
    assert perform("record", Takeover.of(first), context)["published"] is False
    assert west.told == []
    assert [level for level, *_ in logged] == ["info", "info"]


@pytest.mark.parametrize(
    ("broken", "answer", "reason"),
    [
        ("put_events", fails(refusal("InternalException")), ".*InternalException.*"),
        ("put_events", fails(ConnectTimeoutError(endpoint_url="events")), ".*Connect timeout.*"),
        ("put_events", lambda **_: {"Entries": [{"ErrorCode": "ThrottlingException"}]}, "the bus refused it"),
        ("get", fails(ParameterUnavailable("no events/bus")), ".*no events/bus"),
    ],
)
def test_P05_a_bus_that_fails_never_holds_a_takeover(*, context, west, put, logged, broken, answer, reason):
    put(SERVING)
    setattr(west, broken, answer)
    facts = perform("record", TAKEOVER, context)
    assert (facts["published"], facts["takeover"]) == (False, TAKEOVER.payload())
    (level, text, said) = logged[0]
    assert (level, text, said["event_id"]) == ("warning", "event is not published", "payments-8")
    assert re.fullmatch(reason, said["reason"])


def test_the_bus_is_asked_once_and_with_the_timeouts_of_a_failover(environment):
    functions.step_context.cache_clear()
    config = functions.step_context().bus._bus._client.meta.config
    assert config.retries["total_max_attempts"] == 1
    assert (config.connect_timeout, config.read_timeout) == (1.0, 2.0)
