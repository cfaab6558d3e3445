"""The function of the keeper: how often it ticks, and what it is made of."""

from contextlib import nullcontext
from dataclasses import replace
from functools import partial
from types import SimpleNamespace

import pytest

from durable import composition, recovery
from failover.decision import Action, Rule
from failover.keeper import run
from payments import functions
from payments.functions import keep, keeper_of
from runtime.environment import Environment

from .scene import LEASE, NOW


class Timeline:
    """A clock in seconds that only sleeping and ticking move."""

    def __init__(self, tick_takes: float, timeout: float = 210) -> None:
        self.now = 0.0
        self.timeout = timeout
        self.tick_takes = tick_takes
        self.ticks: list[float] = []

    def turn(self) -> None:
        self.ticks.append(self.now)
        self.now += self.tick_takes

    def sleep(self, seconds: float) -> None:
        assert seconds >= 0
        self.now += seconds

    def run(self) -> int:
        return run(
            self.turn,
            tick_s=10,
            lifetime_s=190,
            remaining_s=lambda: self.timeout - self.now,
            clock=lambda: self.now,
            sleep=self.sleep,
        )


def test_ticks_come_at_even_distances_until_the_lifetime_ends():
    timeline = Timeline(tick_takes=0.5)
    assert timeline.run() == 19
    assert timeline.ticks == [10.0 * n for n in range(19)]


def test_slow_ticks_follow_each_other_without_a_burst():
    timeline = Timeline(tick_takes=12)
    timeline.run()
    assert timeline.ticks == [12.0 * n for n in range(16)]


def test_one_slow_tick_moves_the_ones_after_it():
    timeline = Timeline(tick_takes=1)
    timeline.turn = lambda: (
        timeline.ticks.append(timeline.now),
        timeline.sleep(25 if len(timeline.ticks) == 2 else 1),
    )
    timeline.run()
    assert timeline.ticks[:4] == [0, 10, 35, 45]


def test_no_tick_begins_when_the_function_is_about_to_end():
    timeline = Timeline(tick_takes=1, timeout=60)
    timeline.run()
    assert timeline.ticks == [0, 10, 20, 30, 40]


@pytest.fixture
def deployed(dynamodb, environment, monkeypatch) -> None:
    """A keeper with a lease table and nothing else; there is no gateway that it could show a token."""
    monkeypatch.setattr(functions, "Thread", lambda **_: SimpleNamespace(start=lambda: None))


def test_a_deployed_keeper_holds_still_while_it_knows_nothing(deployed, leases):
    decision = keeper_of(Environment.from_env()).turn()
    assert (decision.action, decision.rule) == (Action.WATCH, Rule.NO_LEASE)
    assert leases.read() is None


def test_a_deployed_keeper_resumes_nothing_it_is_not_fit_for(deployed, leases, put):
    lease = put(replace(LEASE, expires_at_ms=0))
    assert keeper_of(Environment.from_env()).turn().rule is Rule.HOLDER_UNFIT
    assert leases.read() == lease


def test_the_function_ends_before_its_time_does(deployed, monkeypatch):
    timeline = Timeline(tick_takes=1, timeout=25)
    monkeypatch.setattr(functions, "keeper_of", lambda _: timeline)
    monkeypatch.setattr(composition, "run", partial(run, clock=lambda: timeline.now, sleep=timeline.sleep))
    left = SimpleNamespace(get_remaining_time_in_millis=lambda: (timeline.timeout - timeline.now) * 1000)
    assert keep({}, left) == {"ticks": 1}
    timeline.timeout = 65
    assert keep({}, left) == {"ticks": 5}


def test_the_function_ticks_as_its_settings_say(deployed, monkeypatch):
    asked = {}
    monkeypatch.setattr(composition, "run", lambda _, **given: asked.update(given) or 13)
    context = SimpleNamespace(get_remaining_time_in_millis=lambda: 25_000)
    assert keep({}, context) == {"ticks": 13}
    assert asked.pop("remaining_s")() == 25.0
    assert asked == {"tick_s": 10, "lifetime_s": 190}


@pytest.mark.parametrize(("authorization", "times"), [("jwt", 1), ("none", 0)])
def test_each_keeper_shows_its_gateway_a_token_where_tokens_count(
    deployed, monkeypatch, authorization, times
):
    met = []
    monkeypatch.setenv("AUTHORIZATION", authorization)
    monkeypatch.setattr(
        functions, "OwnApi", lambda _, region: SimpleNamespace(meet_a_token=lambda: met.append(region))
    )
    monkeypatch.setattr(functions, "Thread", lambda target, daemon: SimpleNamespace(start=target))
    monkeypatch.setattr(composition, "run", lambda *_, **__: 1)
    keep({}, SimpleNamespace(get_remaining_time_in_millis=lambda: 25_000))
    assert met == [Environment.from_env().region] * times


def test_a_deployed_keeper_beats_in_the_ledger_of_its_region(deployed, monkeypatch):
    beats = []
    monkeypatch.setattr(
        composition, "Database", lambda *_, **__: SimpleNamespace(session=lambda: nullcontext("connection"))
    )
    monkeypatch.setattr(
        recovery,
        "Ledger",
        lambda over, _book: SimpleNamespace(beat=lambda epoch, now_ms: beats.append((over, epoch, now_ms))),
    )
    keeper_of(Environment.from_env())._beat(7, NOW)
    assert beats == [("connection", 7, NOW)]
