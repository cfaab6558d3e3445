"""What the fence of the ledger costs: multixact members a payment, and how long raising it takes under load.

    python -m bench.fence [--clients 16] [--seconds 10]

PostgreSQL is real, as in a drill. *before* is the fence of earlier releases, a row that every payment locked
FOR SHARE: PostgreSQL keeps the holders of a shared row lock in a multixact, on disk, and every writer that
joins makes a new one with all of them. *now* is `ledger.admit`, an advisory lock that lives in memory.
"""

import argparse
import contextlib
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from uuid import uuid4

import pg8000.native

from bench.ground import EPOCH, REGION, database
from payments import ledger_sql
from payments.entry import EntryState, JournalEntry
from payments.ledger import Ledger
from payments.request import PaymentRequest

BEFORE = ledger_sql.RECORD.replace(
    "select cast(:epoch as bigint) as epoch where ledger.admit(:epoch)",
    "select epoch from ledger.fence where epoch = :epoch for share",
)
RAISE_EVERY_S = 0.25
Connect = Callable[[], pg8000.native.Connection]


@dataclass(frozen=True, slots=True)
class Figures:
    """One measurement."""

    payments: int
    seconds: float
    multixacts: int
    members: int
    raises_ms: tuple[float, ...]

    def __str__(self) -> str:
        rate, each = self.payments / self.seconds, max(self.payments, 1)
        median, worst = statistics.median(self.raises_ms), max(self.raises_ms)
        return (
            f"{rate:6.0f} payments/s, {self.multixacts / each:5.2f} multixacts and "
            f"{self.members / each:5.2f} members a payment; raising the fence {median:5.1f} ms (median), "
            f"{worst:5.1f} ms (worst of {len(self.raises_ms)})"
        )


def measure(connect: Connect, *, clients: int, seconds: float) -> Figures:
    """Let so many clients pay for so long, and raise the fence to its own epoch again and again."""
    with contextlib.closing(connect()) as watching:
        number, offset = _used(watching)
        until = time.monotonic() + seconds
        paid = [0] * clients

        def pay(client: int) -> None:
            with contextlib.closing(connect()) as connection:
                ledger = Ledger(connection)
                while time.monotonic() < until:
                    ledger.record(_entry(), epoch=EPOCH, region=REGION)
                    paid[client] += 1

        threads = [threading.Thread(target=pay, args=(client,)) for client in range(clients)]
        for thread in threads:
            thread.start()
        raises = tuple(_raises(Ledger(watching), until))
        for thread in threads:
            thread.join()
        number_after, offset_after = _used(watching)
    return Figures(sum(paid), seconds, number_after - number, offset_after - offset, raises)


def _raises(ledger: Ledger, until: float) -> Iterator[float]:
    while time.monotonic() < until:
        time.sleep(RAISE_EVERY_S)
        began = time.monotonic()
        ledger.raise_fence(EPOCH)
        yield (time.monotonic() - began) * 1000


def _used(connection: pg8000.native.Connection) -> tuple[int, int]:
    """Multixacts and their members, counted since the cluster was made."""
    connection.run("checkpoint")
    [[number, offset]] = connection.run(
        "select next_multixact_id::text::bigint, next_multi_offset::text::bigint from pg_control_checkpoint()"
    )
    return number, offset


def _entry() -> JournalEntry:
    request = PaymentRequest(amount_minor=1, currency="EUR", debtor="bench", creditor="bench")
    return JournalEntry(
        idempotency_key=str(uuid4()),
        payment_id=str(uuid4()),
        request_hash=request.digest(),
        request=request,
        epoch=EPOCH,
        region=REGION,
        state=EntryState.INTENT,
        accepted_at_ms=0,
    )


def main() -> None:
    """Print both measurements, a line each."""
    parser = argparse.ArgumentParser(prog="python -m bench.fence", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--clients", type=int, default=16, help="that pay at once (16)")
    parser.add_argument("--seconds", type=float, default=10.0, help="of each measurement (10)")
    given = parser.parse_args()
    now = ledger_sql.RECORD
    with database() as connect:
        for name, statement in (("before", BEFORE), ("now", now)):
            ledger_sql.RECORD = statement
            figures = measure(connect, clients=given.clients, seconds=given.seconds)
            print(f"{name:7}{figures}", flush=True)  # noqa: T201 - this is what it is for


if __name__ == "__main__":
    main()
