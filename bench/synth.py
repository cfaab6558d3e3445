"""How long it takes to synthesize everything, beside the same with the provider imported whole.

Run it with `python -m bench.synth`, or with `--quick` for one process a way. Each figure is the fastest of
several fresh processes, so files come from the page cache; it is taken inside the process, from the first
import to the last written file.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ROUNDS = 3
PROGRAM = """
import runpy, time
started = time.perf_counter()
{first}
runpy.run_path("main.py", run_name="__main__")
print(time.perf_counter() - started)
"""
WAYS = {"lazy": "", "eager": "import cdktf_cdktf_provider_aws"}
"""What is done before main.py runs. Lazy is what `lib` does by itself."""


def fastest(first: str, rounds: int) -> float:
    """Seconds of the fastest of so many processes that do *first* and then what `python main.py` does."""
    return min(_measure(PROGRAM.format(first=first)) for _ in range(rounds))


def _measure(program: str) -> float:
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            [sys.executable, "-c", program],
            cwd=ROOT,
            env={**os.environ, "CDKTF_OUTDIR": folder},
            stdout=subprocess.PIPE,
            text=True,
            check=True,
            timeout=600,
        )
    return float(done.stdout)


def main() -> None:
    """Print both ways."""
    parser = argparse.ArgumentParser(prog="bench.synth", description="How long synthesis takes.")
    parser.add_argument("--quick", action="store_true", help="one process a way: that it works, not how fast")
    rounds = 1 if parser.parse_args().quick else ROUNDS
    for way, first in WAYS.items():
        sys.stdout.write(f"{way:<5} import of the provider: {fastest(first, rounds):5.2f} s\n")


if __name__ == "__main__":
    main()
