"""What a takeover does when a control plane throttles it, in the model."""

from collections import Counter
from dataclasses import replace

import pytest

from tests.model import chaos
from tests.model.many import quiet
from tests.model.profiles import BY_NAME
from tests.model.run import run
from tests.model.trouble import Trouble

RUNS = 40


@pytest.fixture(autouse=True)
def _silence():
    quiet()


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
