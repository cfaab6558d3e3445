"""How long it takes to synthesize everything, beside the same with the provider imported whole.

Run it with `python -m bench.synth`. Each figure is the fastest of several fresh processes, so files come from
the page cache; it is taken inside the process, from the first import to the last written file.
"""

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


def fastest(first: str) -> float:
    """Seconds of the fastest of ROUNDS processes that do *first* and then what `python main.py` does."""
    return min(_measure(PROGRAM.format(first=first)) for _ in range(ROUNDS))


def _measure(program: str) -> float:
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            [sys.executable, "-c", program],
            cwd=ROOT,
            env={**os.environ, "CDKTF_OUTDIR": folder},
            stdout=subprocess.PIPE,
            text=True,
            check=True,
            timeout=120,
        )
    return float(done.stdout)


if __name__ == "__main__":
    for way, first in WAYS.items():
        sys.stdout.write(f"{way:<5} import of the provider: {fastest(first):5.2f} s\n")
