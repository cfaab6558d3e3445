"""What a takeover does when the control plane of Aurora throttles it or takes its time, in the model."""

from collections import Counter
from dataclasses import replace

import pytest

from lib.systems.load import load_settings
from tests.model import chaos, machine
from tests.model.aurora import Aurora
from tests.model.chaos import Chaos
from tests.model.choices import Choices
from tests.model.profiles import BY_NAME, CALM, Profile
from tests.model.run import run
from tests.model.trouble import Trouble
from tests.model.world import START_MS, WEST

RUNS = 40


def test_a_holder_that_missed_its_ticks_serves_again_while_the_survivor_is_throttled(monkeypatch):
    """The throttling never ends, and nobody may wait for a person."""

    def heal_all(self):
        self.stopped.clear()
        self._world.cut.clear()
        for region in ("us-east-1", "us-east-2", "us-west-2"):
            self._world.revive(region)

    monkeypatch.setattr(Trouble, "heal_all", heal_all)
    monkeypatch.setattr(chaos, "PAGES", 10**9)
    monkeypatch.setattr(chaos, "CALM_LIMIT_MS", 420_000)
    weights = BY_NAME["throttled"].weights | {"heal": 0, "fault": 0, "retry": 0, "crash": 0, "resume": 0}
    profile = replace(BY_NAME["throttled"], weights=weights)
    total: Counter[str] = Counter()
    for seed in range(RUNS):
        outcome = run(profile, seed=seed)
        assert outcome.broken is None, seed
        total += outcome.count
    assert total["takeover"] >= RUNS * 0.9
    assert total["taken back"] == total["takeover"]


def recovered_s(monkeypatch, *, throttled_s: float, promotion_s: float) -> float:
    """When a payment is acknowledged after a region was lost, with the limits that are deployed."""
    settings = load_settings({})
    monkeypatch.setattr(machine, "LIMITS", settings.limits)
    monkeypatch.setattr(chaos, "CALM_LIMIT_MS", 3_600_000)
    monkeypatch.setattr(chaos, "MOST_POINTS", 10**6)
    lost = Profile(name="lost", points=0, heals=False, begins=("kill",), left_ms=30_000, weights=CALM)
    played = Chaos(lost, Choices())
    world, arrive = played.world, Aurora.arrive
    monkeypatch.setattr(world, "promotion_ms", lambda: int(promotion_s * 1000))
    due = START_MS + int((throttled_s + promotion_s) * 1000)
    monkeypatch.setattr(Aurora, "arrive", lambda self: world.now_ms >= due and arrive(self))
    world.throttled.add(WEST)
    world.after(int(throttled_s * 1000), world.throttled.clear)
    played.play()
    assert world.watch.broken is None
    assert world.count["201"]
    return (world.now_ms - START_MS) / 1000


@pytest.mark.parametrize(
    ("throttled_s", "promotion_s"), [(0, 1), (180, 1), (300, 60), (780, 1), (0, 780), (60, 780)]
)
def test_a_lost_region_is_recovered_within_the_objective_however_slow_aurora_is(
    monkeypatch, throttled_s, promotion_s
):
    took_s = recovered_s(monkeypatch, throttled_s=throttled_s, promotion_s=promotion_s)
    assert throttled_s + promotion_s <= took_s < load_settings({}).objectives.rto_s


def test_a_promotion_that_outlasts_the_objective_is_gone_on_with(monkeypatch):
    assert recovered_s(monkeypatch, throttled_s=0, promotion_s=1_500) < 1_600
