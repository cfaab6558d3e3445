"""What the protocol can promise when clocks are wrong by ten times what the settings allow: 20 s apart."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.model import chaos, terms
from tests.model.profiles import BY_NAME, Profile
from tests.model.run import run
from tests.model.watch import Watch

BY_THE_CLOCK = frozenset({"taken-before-expiry", "two-acknowledge"})
"""Promises about times, which wrong clocks break."""
GRACE_MS = 30_000
"""As the deployed one, more than a request's patience and what the clocks differ by."""
SLOW_HOLDER, FAST_HOLDER = 10_000, -10_000
"""Milliseconds by which the first holder's clock is behind, and the other region's ahead."""
MOST_RUNS = 3_000
"""One in some three hundred loses a payment."""


@pytest.fixture(autouse=True)
def _forgive(monkeypatch):
    """Look past broken promises about times, to what comes of them."""
    real = Watch.violated

    def violated(self, invariant, text):
        if invariant not in BY_THE_CLOCK:
            real(self, invariant, text)

    monkeypatch.setattr(Watch, "violated", violated)
    monkeypatch.setattr(terms, "GRACE_MS", GRACE_MS)


STALLING = replace(
    BY_NAME["zombie"],
    points=900,
    stalls=((0, 160), (0, 300), (0, 450)),
    weights=BY_NAME["zombie"].weights | {"time": 3, "arrive": 12, "tick": 8},
)
"""Requests stand still for a whole takeover that takes less than a remembered lease: half a second."""


def outcomes(profile: Profile, runs: int) -> Iterator[str]:
    """The invariants that schedules broke."""
    weights = {event: weight for event, weight in profile.weights.items() if event != "drift"}
    apart = replace(profile, apart=True, weights=weights)
    found = (run(apart, seed=seed).broken for seed in range(runs))
    return (one.partition(":")[0] for one in found if one)


@pytest.mark.parametrize("skew_ms", [SLOW_HOLDER, FAST_HOLDER])
@pytest.mark.parametrize("profile", ["edge", "stalls"])
def test_no_payment_is_lost_or_charged_twice_by_wrong_clocks_alone(monkeypatch, profile, skew_ms):
    monkeypatch.setattr(chaos, "SKEW_MS", skew_ms)
    assert list(outcomes(BY_NAME[profile], 200)) == []


def test_with_a_process_that_stalls_at_the_worst_moment_one_can_be_lost(monkeypatch):
    """So clocks are to be kept right: no fence of ours makes the setting unnecessary."""
    monkeypatch.setattr(chaos, "SKEW_MS", SLOW_HOLDER)
    assert next(outcomes(STALLING, MOST_RUNS), "nothing") == "lost"
    monkeypatch.setattr(chaos, "SKEW_MS", FAST_HOLDER)
    assert list(outcomes(STALLING, 200)) == []
