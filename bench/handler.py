"""What a payment costs in the function, with and without the journal: the price of losing nothing.

Run it with `python -m bench.handler`, or with `--quick` to see that it works, not how fast. The function
composes itself as it does in AWS. A client is a process of its own that calls it, one request after
another, as an execution environment of Lambda is. PostgreSQL is real, over TLS, without waiting for the
disk. DynamoDB is the stand-in of `bench.stand_in`, one more process on the same cores, that keeps items in
memory: put the latency of your strongly consistent tables, twice a payment, on top. The emulator of the
local cloud is not used, because it would be what is measured.

The last rows are the same function with one client while each write to a table takes so many milliseconds
longer, as one that another region votes for does. Writes that wait for each other show as a multiple of it.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from typing import Any

from bench import ground, worker
from localcloud.core.paths import REPOSITORY

CLIENTS = (1, 2, 4)
WARM_UP, SECONDS = 50, 6.0
ROWS = {
    "insert": "a bare insert",
    "ledger": "the ledger's transaction: fence, row, event",
    "journal": "the journal's three writes",
    "unjournalled": "the payments function without the journal",
    "handler": "the payments function as it is: the price of losing nothing",
}
"""Arguments of the worker, and what README calls them."""
VOTE_MS = (10, 50, 71)
"""Longer that a strongly consistent write takes: its region asks the nearest vote, which may be far."""
_WIDTH = max(map(len, ROWS.values())) + 1


@dataclass(frozen=True, slots=True)
class Measured:
    """What several clients saw together."""

    what: str
    clients: int
    rate: float
    took_ms: list[float]
    cold: Mapping[str, float]

    def __str__(self) -> str:
        cuts = statistics.quantiles(self.took_ms, n=100)
        figures = f"{self.clients:8d}{self.rate:9.0f}{cuts[49]:9.2f}{cuts[98]:9.2f}{len(self.took_ms):9d}"
        return f"{self.what:<{_WIDTH}}{figures}"


@dataclass(frozen=True, slots=True)
class Length:
    """How long each row is measured."""

    clients: tuple[int, ...] = CLIENTS
    warm_up: int = WARM_UP
    """Calls of each client before the clock starts."""
    seconds: float = SECONDS


QUICK = Length(clients=(1,), warm_up=1, seconds=0.1)


def measure(
    what: str,
    clients: int,
    told: Mapping[str, str],
    length: Length,
    *,
    meanwhile: Callable[[], AbstractContextManager[object]] = nullcontext,
) -> Measured:
    """Let so many clients work at the same time; *meanwhile* is entered while the clock runs."""
    processes = [_start(what, told, length) for _ in range(clients)]
    cold = [_line(process) for process in processes]
    with meanwhile():
        for process in processes:
            process.stdin.write("\n")
            process.stdin.flush()
        found = [_line(process) for process in processes]
    for process in processes:
        process.communicate(timeout=30)
    took = [each for one in found for each in one["took_ms"]]
    elapsed = max(one["ended"] for one in found) - min(one["started"] for one in found)
    return Measured(ROWS.get(what, what), clients, len(took) / elapsed, took, cold[0])


def _start(what: str, told: Mapping[str, str], length: Length) -> Any:
    return subprocess.Popen(
        [sys.executable, "-m", worker.__name__, what, str(length.warm_up), str(length.seconds)],
        cwd=REPOSITORY,
        env={**os.environ, **told},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def _line(process: Any) -> Any:
    line = process.stdout.readline()
    if not line:
        raise RuntimeError(f"a client ended with {process.wait()}")
    return json.loads(line)


def main() -> None:
    """Print the table and the cold start."""
    parser = argparse.ArgumentParser(
        prog="bench.handler", description="What a payment costs in the function."
    )
    parser.add_argument("--quick", action="store_true", help="a moment a row: that it works, not how fast")
    length = QUICK if parser.parse_args().quick else Length()
    sys.stdout.write(f"{'':<{_WIDTH}}{'clients':>8}{'per s':>9}{'p50 ms':>9}{'p99 ms':>9}{'calls':>9}\n")
    with ground.prepared() as on:
        told = on.environment
        for what in ROWS:
            for clients in length.clients:
                row = measure(what, clients, told, length)
                sys.stdout.write(f"{row}\n")
                sys.stdout.flush()
        for write_ms in VOTE_MS:
            with ground.prepared(write_ms=write_ms) as far:
                row = measure("handler", 1, far.environment, length)
            told_apart = replace(row, what=f"the same, {write_ms} ms longer a strong write")
            sys.stdout.write(f"{told_apart}\n")
            sys.stdout.flush()
        cold = [measure("handler", 1, told, length).cold for _ in range(1 if length is QUICK else 3)]
    imported, first = (statistics.median(each[name] for each in cold) for name in ("import_ms", "first_ms"))
    sys.stdout.write(f"cold start: {imported:.0f} ms of imports, {first:.0f} ms for the first payment\n")


if __name__ == "__main__":
    main()
