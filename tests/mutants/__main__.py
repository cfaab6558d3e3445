"""Run mutmut over the functions and print the score: `python -m tests.mutants [--score] [package ...]`.

Takes half an hour on two cores, so nothing waits for it. What was killed before and has not changed is not
checked again; what survived is, because tests may have been added. `--score` only prints. Exit code 1: a
package is below its bar.
"""

import os
import subprocess
import sys

from tests.mutants import score, stage

BARS = {"failover": 95.0, "payments": 90.0}
FOLDER = stage.ROOT / ".local" / "mutants"
MUTMUT = os.environ.get("MUTMUT", str(stage.ROOT / ".local" / "mutants-venv" / "bin" / "mutmut"))


def main() -> int:
    """Check and judge each package."""
    arguments = sys.argv[1:]
    only_score = "--score" in arguments
    low = 0
    for package in [name for name in arguments if name in BARS] or list(BARS):
        folder = FOLDER / package
        if not only_score:
            folder.mkdir(parents=True, exist_ok=True)
            stage.prepare(package, folder)
            environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
            survived = score.read(folder).survivors
            command = [MUTMUT, "run", "--max-children", str(os.cpu_count())]
            subprocess.run(command, cwd=folder, env=environment, check=True)
            if survived:
                subprocess.run([*command, *survived], cwd=folder, env=environment, check=True)
        found = score.read(folder)
        low += found.percent < BARS[package] or found.unchecked > 0
        sys.stdout.write("".join(f"survived: {name}\n" for name in found.survivors))
        checked = found.killed + found.timed_out + len(found.survivors)
        sys.stdout.write(
            f"{package}: {found.percent:.1f} % of {checked} mutants (bar {BARS[package]:.0f} %), "
            f"{found.timed_out} by a timeout, {found.unchecked} not checked\n"
        )
    return int(low > 0)


if __name__ == "__main__":
    sys.exit(main())
