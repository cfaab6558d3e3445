"""Many runs on all cores, and the shortest form of one that failed."""

import gc
import logging
import os
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, field
from functools import partial
from multiprocessing import get_context

from runtime.logs import logger
from tests.model.payments import Payments
from tests.model.profiles import Profile
from tests.model.run import Outcome, run, run_seed
from tests.model.subject import System

CHUNK = 50
"""Seeds a process takes at a time."""


def quiet() -> None:
    """The code under test logs every step, and nobody reads it here."""
    logger.setLevel(logging.CRITICAL)


def play(seeds: Sequence[int], system: System = Payments) -> tuple[Counter[str], list[tuple[int, str]]]:
    """Play some seeds: what happened in all of them, and those that broke something."""
    total: Counter[str] = Counter()
    broken = []
    for seed in seeds:
        outcome = run_seed(seed, system=system)
        total.update({str(name): times for name, times in outcome.count.items()})
        total[f"profile {outcome.profile}"] += 1
        if outcome.broken:
            broken.append((seed, outcome.broken))
    return total, broken


def play_all(
    seeds: range, jobs: int | None = None, system: System = Payments
) -> Iterator[tuple[Counter[str], list[tuple[int, str]], int]]:
    """Play the seeds on all cores; yields chunks of so many seeds as they are done, in order."""
    chunks = [seeds[at : at + CHUNK] for at in range(0, len(seeds), CHUNK)]
    # Not forked: this process may have threads.
    pool = ProcessPoolExecutor(jobs or os.cpu_count(), mp_context=get_context("spawn"), initializer=_alone)
    try:
        played = pool.map(partial(play, system=system), chunks)
        for chunk, (total, broken) in zip(chunks, played, strict=True):
            yield total, broken, len(chunk)
    finally:
        pool.shutdown(cancel_futures=True)


def _alone() -> None:
    """A worker: what interrupts the run is for the process that reports it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.freeze()
    gc.set_threshold(50_000)  # a run leaves little to collect
    quiet()


@dataclass(kw_only=True)
class Report:
    """What a run of many seeds came to, however it ended."""

    first: int
    wanted: int
    played: int = 0
    """All seeds from the first one on, without a gap."""
    seconds: float = 0.0
    interrupted: bool = False
    broken: list[tuple[int, str]] = field(default_factory=list)
    """Seeds, and what they broke."""
    happened: Counter[str] = field(default_factory=Counter)

    def line(self) -> str:
        """How far it has come."""
        a_second = self.played / self.seconds if self.seconds else 0.0
        return (
            f"{self.played} of {self.wanted} interleavings, seeds {self.first} to "
            f"{self.first + self.played - 1}, in {self.seconds:.0f} s ({a_second:.0f} a second): "
            f"{len(self.broken)} violations"
        )

    def text(self) -> str:
        """For people."""
        lines = [f"{times:>9}  {name}" for name, times in sorted(self.happened.items())]
        lines += [f"seed {seed}: {text}" for seed, text in self.broken]
        if self.interrupted:
            lines.append(f"interrupted; --from {self.first + self.played} goes on")
        return "\n".join([*lines, self.line()])

    def document(self) -> dict[str, object]:
        """For programs."""
        return asdict(self) | {"happened": dict(sorted(self.happened.items()))}


def explore(
    seeds: range, *, jobs: int, every_s: float, say: Callable[[str], object], system: System = Payments
) -> Report:
    """Play the seeds and say now and then how far it has come, and each violation at once.

    Ctrl-C ends it; the report then tells of the seeds that were played.
    """
    report = Report(first=seeds.start, wanted=len(seeds))
    started = said = time.monotonic()
    try:
        for happened, broken, number in play_all(seeds, jobs, system):
            report.happened += happened
            report.broken += broken
            report.played += number
            report.seconds = time.monotonic() - started
            for seed, text in broken:
                say(f"seed {seed}: {text}")
            if time.monotonic() - said >= every_s:
                said = time.monotonic()
                say(report.line())
    except KeyboardInterrupt:
        report.interrupted = True
    report.seconds = time.monotonic() - started
    return report


def shrunk(profile: Profile, outcome: Outcome, system: System = Payments) -> Outcome:
    """The same violation from fewer and calmer choices: parts left out, then parts made calm."""
    name = outcome.broken.partition(":")[0]

    def fails(choices: Sequence[int]) -> Outcome | None:
        found = run(profile, given=choices, system=system)
        return found if found.broken and found.broken.startswith(name) else None

    best = _without_parts(list(outcome.choices), fails)
    for place, choice in enumerate(best):
        if choice and fails(calmer := [*best[:place], 0, *best[place + 1 :]]):
            best = calmer
    return run(profile, given=best, system=system, story=True)


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
