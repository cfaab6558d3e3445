"""`python -m tests.model`: a long run, the story of a seed, or its shortest form. See docs/model.md."""

import argparse
import json
import os
import signal
import sys
from types import FrameType

from tests.model.many import explore, quiet, shrunk
from tests.model.payments import Payments
from tests.model.run import Outcome, profile_of, run_seed
from tests.model.toy import Toy

EVERY_S = 10.0
"""A line says how far a run has come."""
INTERRUPTED = 130
SYSTEMS = {"payments": Payments, "toy": Toy}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.model", description=__doc__)
    parser.add_argument("--runs", type=int, default=10_000, help="interleavings (default 10000)")
    parser.add_argument(
        "--from", type=int, default=0, dest="first", help="first seed: goes on where a run ended (default 0)"
    )
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="processes (default: one a core)")
    parser.add_argument("--system", choices=SYSTEMS, default="payments", help="default: payments")
    parser.add_argument("--json", action="store_true", help="the summary as one JSON document")
    parser.add_argument("--seed", type=int, help="tell the story of this one run")
    parser.add_argument("--shrink", action="store_true", help="with --seed: make it as short as possible")
    asked = parser.parse_args()
    system = SYSTEMS[asked.system]
    quiet()
    if asked.seed is not None:
        outcome = run_seed(asked.seed, system=system, story=True)
        if asked.shrink and outcome.broken:
            outcome = shrunk(profile_of(asked.seed, system), outcome, system)
        return tell(outcome)
    signal.signal(signal.SIGTERM, _interrupt)
    seeds = range(asked.first, asked.first + asked.runs)
    report = explore(seeds, jobs=asked.jobs, every_s=EVERY_S, say=_say, system=system)
    print(json.dumps(report.document()) if asked.json else report.text())  # noqa: T201
    return INTERRUPTED if report.interrupted else int(bool(report.broken))


def _say(line: str) -> None:
    print(line, file=sys.stderr)  # noqa: T201


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def tell(outcome: Outcome) -> int:
    print(*outcome.story, sep="\n")  # noqa: T201
    print(f"{outcome.profile}, {len(outcome.choices)} choices: {outcome.broken or 'nothing broken'}")  # noqa: T201
    return int(bool(outcome.broken))


if __name__ == "__main__":
    raise SystemExit(main())
