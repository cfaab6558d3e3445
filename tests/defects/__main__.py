"""Check that every defect of the list is caught: `python -m tests.defects [part of a name]`."""

import sys
import time

from tests.defects import run
from tests.defects.defect import read
from tests.defects.run import Verdict


def main() -> int:
    """0 when every defect is caught by a test that passes without it; 2 when there is none of that name."""
    wanted = " ".join(sys.argv[1:])
    defects = [one for one in read() if wanted in one.what]
    if not defects:
        sys.stdout.write(f"no defect is named like {wanted!r}; they are in tests/defects/defects.toml\n")
        return 2
    began, bad = time.monotonic(), 0
    with run.copied() as copy:
        for before in run.sound(defects, copy):
            if before.verdict is not Verdict.MISSED:
                sys.stdout.write(f"{before.what}: the tests fail without a defect\n{before.said}\n")
                return 1
        for defect in defects:
            outcome = run.check(defect, copy)
            sys.stdout.write(f"{outcome.verdict:<8}{outcome.took_s:6.1f} s  {defect.what}\n")
            sys.stdout.flush()
            if outcome.verdict is not Verdict.CAUGHT:
                bad += 1
                sys.stdout.write(f"{outcome.said[-2000:]}\n")
    took_s = time.monotonic() - began
    sys.stdout.write(f"{len(defects) - bad} of {len(defects)} defects caught in {took_s:.0f} s\n")
    return int(bad > 0)


if __name__ == "__main__":
    sys.exit(main())
