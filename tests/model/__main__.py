"""`python -m tests.model`: a long run, the story of a seed, or its shortest form. See docs/model.md."""

import argparse
import time
from collections import Counter

from tests.model.many import play_all, quiet, shrunk
from tests.model.run import Outcome, profile_of, run_seed


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.model", description=__doc__)
    parser.add_argument("--runs", type=int, default=10_000, help="interleavings (default 10000)")
    parser.add_argument("--from", type=int, default=0, dest="first", help="first seed (default 0)")
    parser.add_argument("--seed", type=int, help="tell the story of this one run")
    parser.add_argument("--shrink", action="store_true", help="with --seed: make it as short as possible")
    asked = parser.parse_args()
    quiet()
    if asked.seed is not None:
        outcome = run_seed(asked.seed, story=True)
        return tell(shrunk(profile_of(asked.seed), outcome) if asked.shrink and outcome.broken else outcome)
    return explore(range(asked.first, asked.first + asked.runs))


def tell(outcome: Outcome) -> int:
    print(*outcome.story, sep="\n")  # noqa: T201
    print(f"{outcome.profile}, {len(outcome.choices)} choices: {outcome.broken or 'nothing broken'}")  # noqa: T201
    return int(bool(outcome.broken))


def explore(seeds: range) -> int:
    started = time.monotonic()
    total: Counter[str] = Counter()
    failures = 0
    for counted, broken in play_all(seeds):
        total += counted
        failures += len(broken)
        for seed, text in broken:
            print(f"seed {seed}: {text}", flush=True)  # noqa: T201
    seconds = time.monotonic() - started
    print(*(f"{times:>9}  {name}" for name, times in sorted(total.items())), sep="\n")  # noqa: T201
    print(f"{len(seeds)} interleavings in {seconds:.0f} s: {failures} violations")  # noqa: T201
    return int(failures > 0)


if __name__ == "__main__":
    raise SystemExit(main())
