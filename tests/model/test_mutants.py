"""The model finds what is wrong: every seeded bug breaks an invariant that names it."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from runtime.logs import logger

from tests.model.many import quiet
from tests.model.mutants import MUTANTS, Mutant
from tests.model.profiles import BY_NAME, Profile
from tests.model.run import run

MOST_RUNS = 1_500


@pytest.fixture(autouse=True)
def _silence() -> Iterator[None]:
    level = logger.log_level
    quiet()
    yield
    logger.setLevel(level)


def found(profile: Profile, first: int) -> str:
    """The invariant that the first failing schedule broke."""
    for seed in range(first, first + MOST_RUNS):
        if broken := run(profile, seed=seed).broken:
            return broken.partition(":")[0]
    return "nothing"


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.plant.__name__)
def test_the_model_finds(mutant: Mutant, monkeypatch):
    mutant.plant(monkeypatch)
    assert found(BY_NAME[mutant.profile], mutant.seed) in mutant.invariants


def test_the_model_finds_clocks_that_differ_by_more_than_the_settings_say():
    apart = replace(BY_NAME["edge"], drift_ms=(0, -6_000, 6_000))
    assert found(apart, 0) in {"taken-before-expiry", "two-acknowledge"}
