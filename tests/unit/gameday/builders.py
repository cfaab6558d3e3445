"""Payments, observations and faults for tests: a sound drill, to be damaged one fact at a time."""

from dataclasses import replace

from gameday.load.records import Attempt, JournalEntry, LedgerRow, Operation
from gameday.observe.history import DnsSeen, Fault, History, LeaseSeen, Mark, ReadySeen, WriterSeen

EAST, WEST = "us-east-1", "us-west-2"
FAULT_AT = 1000.0
FAULT = Fault(
    at=FAULT_AT,
    done_at=1000.2,
    region=EAST,
    survivor=WEST,
    other=WEST,
    marks=(Mark(at=FAULT_AT, done_at=1000.2, what="us-east-1 killed"),),
    silent_from=1000.2,
)
NOBODY_MOVES = replace(FAULT, survivor=EAST, silent_from=None)
"""A fault that the holder of the lease must survive as such."""


def attempt(started: float, **changes) -> Attempt:
    """A settled attempt, in the east before the fault and in the west after it."""
    after = started >= FAULT_AT
    told = {
        "started": started,
        "ended": started + 0.05,
        "target": WEST if after else EAST,
        "status": 201,
        "region": WEST if after else EAST,
        "epoch": 2 if after else 1,
        "entry_id": f"id-{started:g}",
    }
    return Attempt(**(told | changes))


def failed(started: float) -> Attempt:
    return Attempt(started=started, ended=started + 0.01, target=EAST, error="ClientOSError")


def operation(started: float, *attempts: Attempt, **changes) -> Operation:
    told = {
        "key": f"key-{started:g}",
        "amount_minor": 100,
        "currency": "EUR",
        "due": started,
        "started": started,
        "attempts": list(attempts) or [attempt(started)],
    }
    return Operation(**(told | changes))


PAID = [operation(980.0 + n / 4) for n in range(76)] + [operation(1045.0 + n / 4) for n in range(60)]
"""Four a second, until the fault and once the west serves."""
LOST = operation(1010.0, failed(1010.0), failed(1020.0))
"""Due in between, and never answered."""


def row(of: Operation, **changes) -> LedgerRow:
    ack = of.attempts[-1]
    told = {
        "entry_id": ack.entry_id,
        "idempotency_key": of.key,
        "amount_minor": of.amount_minor,
        "currency": of.currency,
        "epoch": ack.epoch,
        "region": ack.region,
    }
    return LedgerRow(**(told | changes))


def entry(of: Operation, **changes) -> JournalEntry:
    ack = of.attempts[-1]
    told = {
        "idempotency_key": of.key,
        "entry_id": ack.entry_id,
        "epoch": ack.epoch,
        "state": "SETTLED",
    }
    return JournalEntry(**(told | changes))


def lease(at: float, epoch: int, state: str = "ACTIVE", *, expires_at: float) -> LeaseSeen:
    holder = EAST if epoch == 1 else WEST
    previous = EAST if epoch > 1 else None
    return LeaseSeen(at=at, epoch=epoch, holder=holder, state=state, expires_at=expires_at, previous=previous)


def history() -> History:
    """Steady in the east, lease taken by the west 36 s after the fault and active at 40 s."""
    return History(
        leases=[
            lease(980.0, 1, expires_at=1005.0),
            lease(999.0, 1, expires_at=1025.0),
            lease(1035.9, 1, expires_at=1025.0),
            lease(1036.0, 2, "TAKING", expires_at=1066.0),
            lease(1039.9, 2, "TAKING", expires_at=1066.0),
            lease(1040.0, 2, expires_at=1070.0),
            lease(1100.0, 2, expires_at=1130.0),
        ],
        writers=[WriterSeen(at=999.0, region=EAST), WriterSeen(at=1038.0, region=WEST)],
        readiness=[
            ReadySeen(at=990.0, region=EAST, ready=True),
            ReadySeen(at=990.0, region=WEST, ready=False),
            ReadySeen(at=999.0, region=EAST, ready=True),
            ReadySeen(at=1001.0, region=EAST, ready=False),
            ReadySeen(at=1040.5, region=WEST, ready=True),
        ],
        dns=[DnsSeen(at=999.0, region=EAST), DnsSeen(at=1030.0, region=WEST)],
    )
