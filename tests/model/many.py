"""Many runs on all cores, and the shortest form of one that failed."""

import logging
import os
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from runtime.logs import logger
from tests.model.profiles import Profile
from tests.model.run import Outcome, run, run_seed

CHUNK = 50
"""Seeds a process takes at a time."""


def quiet() -> None:
    """The code under test logs every step, and nobody reads it here."""
    logger.setLevel(logging.CRITICAL)


def play(seeds: Sequence[int]) -> tuple[Counter[str], list[tuple[int, str]]]:
    """Play some seeds: what happened in all of them, and those that broke something."""
    total: Counter[str] = Counter()
    broken = []
    for seed in seeds:
        outcome = run_seed(seed)
        total.update({str(name): times for name, times in outcome.count.items()})
        total[f"profile {outcome.profile}"] += 1
        if outcome.broken:
            broken.append((seed, outcome.broken))
    return total, broken


def play_all(seeds: range) -> Iterable[tuple[Counter[str], list[tuple[int, str]]]]:
    """Play the seeds on all cores; yields as chunks are done, in the order of the seeds."""
    chunks = [seeds[at : at + CHUNK] for at in range(0, len(seeds), CHUNK)]
    # Not forked: this process may have threads.
    with ProcessPoolExecutor(os.cpu_count(), mp_context=get_context("spawn"), initializer=quiet) as pool:
        yield from pool.map(play, chunks)


def shrunk(profile: Profile, outcome: Outcome) -> Outcome:
    """The same violation from fewer and calmer choices: parts left out, then parts made calm."""
    name = outcome.broken.partition(":")[0]

    def fails(choices: Sequence[int]) -> Outcome | None:
        found = run(profile, given=choices)
        return found if found.broken and found.broken.startswith(name) else None

    best = _without_parts(list(outcome.choices), fails)
    for place, choice in enumerate(best):
        if choice and fails(calmer := [*best[:place], 0, *best[place + 1 :]]):
            best = calmer
    return run(profile, given=best, story=True)


def _without_parts(best: list[int], fails: Callable[[Sequence[int]], Outcome | None]) -> list[int]:
    size = len(best) // 2
    while size:
        place = 0
        while place < len(best):
            shorter = best[:place] + best[place + size :]
            if fails(shorter):
                best = shorter
            else:
                place += size
        size //= 2
    return best
