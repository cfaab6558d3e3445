"""The target's execution environments are started before anybody drains."""

import io
import json
import threading

import pytest
from botocore.exceptions import ReadTimeoutError

from failover.lease import LeaseState
from failover.service_function import ServiceFunction
from failover.steps import perform
from failover.steps.errors import NotYet
from failover.steps.guard import current_lease
from failover.steps.warm import BUDGET_MS, HOLD_MS, LEAST, MOST, PAUSE_S, enough
from failover.takeover import Phase

from .faults import refusal
from .switchover import DRAINING, HERE, TAKEOVER, Well


@pytest.fixture
def west() -> Well:
    west = Well()
    west.environments = 1_000
    return west


def arriving(west: Well, before: int, now: int = 0) -> None:
    """So many payments came in the minute before this one and in this one."""
    came = {west.minute - 1: before, west.minute: now}
    west.count_arrived = came.__getitem__


@pytest.mark.parametrize(
    ("arrived", "wanted"),
    [(0, LEAST), (60, LEAST), (600, 30), (601, 31), (60_000, MOST)],
)
def test_there_are_environments_for_the_requests_that_wait(arrived, wanted):
    assert PAUSE_S == 3
    assert enough(arrived) == wanted


@pytest.mark.parametrize(("before", "now"), [(600, 0), (0, 600), (200, 400)])
def test_a_load_that_has_just_begun_counts_too(context, west, before, now):
    arriving(west, before, now)
    assert perform("warm", TAKEOVER, context)["wanted"] == 30


def test_rounds_grow_until_there_are_enough(context, west):
    arriving(west, 600)
    assert perform("warm", TAKEOVER, context) == {"warm": 30, "wanted": 30}
    assert west.held == [(LEAST, HOLD_MS), (12, HOLD_MS), (28, HOLD_MS), (30, HOLD_MS)]
    assert current_lease(TAKEOVER, context, phases=frozenset({Phase.ASKED})).state is LeaseState.ACTIVE


def test_a_round_in_which_none_is_new_is_held_once_more_and_told(context, west):
    arriving(west, 600)
    west.environments = 8
    assert perform("warm", TAKEOVER, context) == {"warm": 8, "wanted": 30}
    assert [calls for calls, _ in west.held] == [LEAST, 12, 20, 20]


def test_a_target_whose_function_cannot_run_is_found_before_the_drain(context, west):
    arriving(west, 600)
    west.environments = 0
    with pytest.raises(NotYet, match="no execution environment of this region's API function answers"):
        perform("warm", TAKEOVER, context)


def test_it_ends_in_its_time(context, west, clock):
    arriving(west, 600)
    real = west.warm

    def slow(**asked):
        clock.now += BUDGET_MS
        return real(**asked)

    west.warm = slow
    assert perform("warm", TAKEOVER, context) == {"warm": LEAST, "wanted": 30}


@pytest.mark.parametrize("lease", [DRAINING, HERE])
def test_a_takeover_that_starts_again_warms_nothing_while_clients_wait(context, west, put, lease):
    put(lease)
    assert perform("warm", TAKEOVER, context) == {"warm": None}
    assert west.held == []


class Lambda:
    """Lambda with so many environments: each call takes a free one, and all of a round must overlap."""

    def __init__(self, environments: int) -> None:
        self.free = [f"environment-{n}" for n in range(environments)]
        self.together = threading.Barrier(environments, timeout=60)
        self.asked: list[tuple[str, object]] = []

    def invoke(self, *, FunctionName: str, Payload: bytes) -> dict[str, object]:  # noqa: N803 - boto3's
        self.asked.append((FunctionName, json.loads(Payload)))
        try:
            environment = self.free.pop()
        except IndexError:
            raise refusal("TooManyRequestsException") from None
        self.together.wait()
        return {"Payload": io.BytesIO(json.dumps({"environment": environment}).encode())}


def test_calls_are_made_at_once_and_throttled_ones_are_left_out(west):
    service = Lambda(environments=3)
    found = ServiceFunction(service, west).warm(calls=4, hold_ms=250)
    assert found == {"environment-0", "environment-1", "environment-2"}
    assert service.asked == [("payments-service", {"warm_ms": 250})] * 4


@pytest.mark.parametrize(
    "answer",
    [
        {"Payload": io.BytesIO(b'{"errorMessage": "boom"}'), "FunctionError": "Unhandled"},
        {"Payload": io.BytesIO(b"null")},
        {"Payload": io.BytesIO(b'{"statusCode": 404}')},
        {"Payload": io.BytesIO(b"")},
        ReadTimeoutError(endpoint_url="https://lambda"),
    ],
)
def test_what_is_no_answer_of_an_environment_counts_for_none(west, answer):
    class Broken:
        def invoke(self, **_: object) -> object:
            if isinstance(answer, Exception):
                raise answer
            return answer

    assert ServiceFunction(Broken(), west).warm(calls=1, hold_ms=1) == frozenset()
