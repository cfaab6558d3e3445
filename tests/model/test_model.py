"""The real protocol under thousands of schedules."""

import os
from collections import Counter
from itertools import count
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from failover.lease import Lease
from tests.model.many import play_all, shrunk
from tests.model.profiles import BY_NAME, KILLED_AFTER_RESTORE, PROFILES
from tests.model.run import run, run_seed

RUNS = int(os.environ.get("MODEL_RUNS", "10000"))
KNOWN = [
    line.split(maxsplit=2)
    for line in (Path(__file__).parent / "regressions.txt").read_text().splitlines()
    if not line.startswith("#")
]


def test_no_schedule_breaks_an_invariant():
    total: Counter[str] = Counter()
    broken = []
    for counted, found, _ in play_all(range(RUNS)):
        total += counted
        broken += found
    assert broken == [], "replay one with: python -m tests.model --shrink --seed"
    # A model in which nothing happens proves nothing.
    steps = (
        "guard",
        "approve",
        "warm",
        "drain",
        "settle",
        "hand_over",
        "undo",
        "promote",
        "wait_writer",
        "fence",
        "reconcile",
        "activate",
        "verify",
        "record",
    )
    faults = ("kill", "isolate", "cut", "witness", "database", "keeper", "throttle", "journal", "lease")
    met = [f"crash of step {step}" for step in steps] + [f"fault {fault}" for fault in faults]
    met += ["crash of keeper", "crash of request", "201", "202", "held", "paged", "stall"]
    met += ["jump", "restored", "unfenced", "mended", "begun anew", "watermark forgotten"]
    met += ["drained", "stayed", "undone", "handed over", "taken back"]
    met += [
        "reconciled",
        "crash of reconciler",
        "replayed by the reconciler",
        "watermark set",
        "watermark moved",
    ]
    assert [name for name in met if not total[name]] == []
    assert total["takeover"] > RUNS / 4
    assert total["activated"] > RUNS / 4


@pytest.mark.parametrize(("profile", "seed", "_what"), KNOWN)
def test_what_was_broken_once_stays_whole(profile, seed, _what):
    assert run(BY_NAME[profile], seed=int(seed)).broken is None


def test_regions_that_die_after_a_restore_lose_nothing():
    seeds = range(RUNS // 20)
    broken = {seed: found for seed in seeds if (found := run(KILLED_AFTER_RESTORE, seed=seed).broken)}
    assert broken == {}


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(st.sampled_from(PROFILES), st.lists(st.integers(0, 255), max_size=400))
def test_no_schedule_that_hypothesis_thinks_of_breaks_an_invariant(profile, choices):
    assert run(profile, given=choices).broken is None


def test_approvals_that_come_out_of_a_backup_are_given_again():
    """A takeover asks for some in one run of hundreds of this profile, so this one is chosen."""
    played = run(BY_NAME["lost-tables"], seed=494)
    assert played.count["approvals restored"]
    assert (played.broken, played.count["activated"]) == (None, 1)


@pytest.mark.parametrize("seed", range(len(PROFILES)))
def test_a_seed_is_one_schedule(seed):
    first, again = run_seed(seed, story=True), run_seed(seed, story=True)
    assert first == again
    assert first.story


@pytest.mark.parametrize("profile", PROFILES, ids=lambda profile: profile.name)
def test_the_choices_of_a_run_replay_it(profile):
    played = run(profile, seed=5, story=True)
    assert run(profile, given=played.choices, story=True) == played


def test_where_nothing_happens_the_first_region_serves():
    calm = run(BY_NAME["storm"], given=())
    assert (calm.broken, calm.count["takeover"]) == (None, 0)
    assert calm.count["201"] > 0


def test_a_failing_schedule_is_made_shorter(monkeypatch):
    monkeypatch.setattr(Lease, "expired", lambda _self, *, now_ms, skew_ms: True)
    profile = BY_NAME["storm"]
    failed = next(played for seed in count() if (played := run(profile, seed=seed)).broken)
    short = shrunk(profile, failed)
    assert short.broken.partition(":")[0] == failed.broken.partition(":")[0]
    assert len(short.choices) < len(failed.choices)
    assert "VIOLATION" in short.story[-1]
