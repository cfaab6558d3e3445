"""What the fence of the ledger costs: multixact members a payment, and how long raising it takes under load.

    python -m bench.fence [--clients 16] [--seconds 6 | --quick]

PostgreSQL is real, and every client is a process, as in `bench.handler`. *before* is the fence of earlier
releases, a row that every payment locked FOR SHARE: PostgreSQL keeps the holders of a shared row lock in a
multixact, on disk, and every writer that joins makes a new one with all of them. *now* is `ledger.admit`, an
advisory lock that lives in memory.
"""

import argparse
import contextlib
import statistics
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import pg8000.native

from bench import ground, handler
from durable.ledger import Ledger
from payments.book import BOOK

FENCES = {"before": "row_lock", "now": "ledger"}
"""What the worker does with each of them."""
RAISE_EVERY_S = 0.25


@dataclass(frozen=True, slots=True)
class Figures:
    """One measurement."""

    rate: float
    """Payments a second while nobody raises the fence."""
    payments: int
    multixacts: int
    members: int
    raises_ms: tuple[float, ...]

    def __str__(self) -> str:
        each = max(self.payments, 1)
        median, worst = statistics.median(self.raises_ms), max(self.raises_ms)
        return (
            f"{self.rate:6.0f} payments/s, {self.multixacts / each:5.2f} multixacts and "
            f"{self.members / each:5.2f} members a payment; raising the fence {median:5.1f} ms (median), "
            f"{worst:5.1f} ms (worst of {len(self.raises_ms)})"
        )


def measure(what: str, on: ground.Ground, clients: int, length: handler.Length) -> Figures:
    """Let so many clients pay, then pay again while the fence is raised to its own epoch again and again."""
    raises: list[float] = []

    @contextlib.contextmanager
    def raising() -> Iterator[None]:
        ended = threading.Event()
        with ThreadPoolExecutor(1) as pool:
            told = pool.submit(lambda: raises.extend(_raises(Ledger(watching, BOOK), ended)))
            try:
                yield
            finally:
                ended.set()
            told.result()

    with contextlib.closing(on.connect()) as watching:
        payments, number, offset = _used(watching)
        alone = handler.measure(what, clients, on.environment, length)
        handler.measure(what, clients, on.environment, length, meanwhile=raising)
        payments_after, number_after, offset_after = _used(watching)
    return Figures(
        alone.rate, payments_after - payments, number_after - number, offset_after - offset, tuple(raises)
    )


def _raises(ledger: Ledger, ended: threading.Event) -> Iterator[float]:
    while True:
        began = time.perf_counter()
        ledger.raise_fence(ground.EPOCH)
        yield (time.perf_counter() - began) * 1e3
        if ended.wait(RAISE_EVERY_S):
            return


def _used(connection: pg8000.native.Connection) -> tuple[int, int, int]:
    """Payments, and multixacts and their members, counted since the cluster was made."""
    connection.run("checkpoint")
    [[payments, number, offset]] = connection.run(
        "select (select count(*) from ledger.payments), next_multixact_id::text::bigint, "
        "next_multi_offset::text::bigint from pg_control_checkpoint()"
    )
    return payments, number, offset


def main() -> None:
    """Print both fences, a line each."""
    parser = argparse.ArgumentParser(prog="bench.fence", description="What the fence of the ledger costs.")
    parser.add_argument("--clients", type=int, default=16, help="that pay at once (16)")
    parser.add_argument("--seconds", type=float, default=handler.SECONDS, help="of each measurement (6)")
    parser.add_argument("--quick", action="store_true", help="a moment: that it works, not how fast")
    given = parser.parse_args()
    length = handler.QUICK if given.quick else replace(handler.Length(), seconds=given.seconds)
    clients = 2 if given.quick else given.clients
    with ground.prepared() as on:
        for name, what in FENCES.items():
            sys.stdout.write(f"{name:7}{measure(what, on, clients, length)}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
