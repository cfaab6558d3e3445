"""One execution environment of the payments function, measured from the inside. Started by `bench.handler`.

Reads nothing but its arguments and one line, the start signal; prints two lines of JSON: the cold start, then
when it worked and how long each call took.
"""

import itertools
import json
import os
import sys
import time
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from localcloud import gateway_event

LEAST_CALLS = 2
"""Percentiles need two, however short the work and however busy the machine."""

PAYMENT: dict[str, Any] = {
    "amount_minor": 1250,
    "currency": "EUR",
    "debtor": "Ada",
    "creditor": "Grace",
    "reference": "bench",
}
PAYER = {"jwt": {"claims": {"sub": "bench"}, "scopes": ["payments/pay"]}}
"""Whom the gateway identified: it has verified the token before the function is asked."""
_numbers = itertools.count()
_INSERT = """
insert into ledger.payments (entry_id, idempotency_key, request_hash, amount_minor, currency,
                             debtor, creditor, reference, epoch, region)
values (cast(:entry_id as uuid), :idempotency_key, 'hash', 1250,
        'EUR', 'Ada', 'Grace', 'bench', 1, 'us-east-1')
"""


def _key() -> str:
    return f"bench-{os.getpid()}-{next(_numbers):08d}"


def _entry() -> Any:
    from durable.entry import EntryState, JournalEntry  # noqa: PLC0415 - imports are measured
    from payments.payment import PaymentRequest  # noqa: PLC0415

    request, number = PaymentRequest(**PAYMENT), next(_numbers)
    return JournalEntry(
        idempotency_key=f"bench-{os.getpid()}-{number:08d}",
        entry_id=f"{os.getpid():08d}-0000-4000-8000-{number:012d}",
        request_hash=request.digest(),
        request=request,
        epoch=1,
        region=os.environ["AWS_REGION"],
        state=EntryState.INTENT,
        accepted_at_ms=0,
    )


def _database() -> Any:
    from runtime.clients import client  # noqa: PLC0415
    from runtime.database import Database  # noqa: PLC0415
    from runtime.parameters import Parameters  # noqa: PLC0415

    parameters = Parameters(client("ssm"), os.environ["PARAMETER_PREFIX"])
    return Database(parameters, client("secretsmanager"))


def insert() -> Callable[[], object]:
    """One prepared insert and nothing else: what the database alone takes."""
    statement = _database().connect().prepare(_INSERT)
    return lambda: statement.run(
        entry_id=f"{os.getpid():08d}-0000-4000-8000-{next(_numbers):012d}", idempotency_key=_key()
    )


def ledger() -> Callable[[], object]:
    """The transaction of a payment: fence, row and event."""
    from durable.ledger import Ledger  # noqa: PLC0415
    from payments.book import BOOK  # noqa: PLC0415

    kept = Ledger(_database().connect(), BOOK)
    return lambda: kept.record(_entry(), epoch=1, region=os.environ["AWS_REGION"])


def row_lock() -> Callable[[], object]:
    """The transaction of a payment with the fence of earlier releases, a row that every payment locks."""
    from durable.postgresql import ledger_sql  # noqa: PLC0415

    admitted = "select cast(:epoch as bigint) as epoch where ledger.admit(:epoch)"
    if admitted not in ledger_sql.RECORD:
        raise RuntimeError("the statement has changed: nothing would be compared")
    locked = "select epoch from ledger.fence where epoch = :epoch for share"
    ledger_sql.RECORD = ledger_sql.RECORD.replace(admitted, locked)
    return ledger()


def journal() -> Callable[[], object]:
    """The journal's three writes of a payment."""
    from durable.journal import Journal  # noqa: PLC0415
    from intake.request_flow import PATIENCE_MS  # noqa: PLC0415
    from payments.book import BOOK  # noqa: PLC0415
    from runtime.clients import client  # noqa: PLC0415
    from runtime.clock import now_ms  # noqa: PLC0415
    from runtime.environment import Environment  # noqa: PLC0415

    kept = Journal.of(Environment.from_env(), client("dynamodb"), BOOK)
    return lambda: kept.settle(kept.accept(_entry(), until_ms=now_ms() + PATIENCE_MS))


def handler() -> Callable[[], object]:
    """The whole function."""
    from payments import handler as function  # noqa: PLC0415

    body = json.dumps(PAYMENT).encode()

    def pay() -> None:
        key = _key()
        headers = {"Idempotency-Key": key, "Content-Type": "application/json"}
        event = gateway_event.event(
            "POST /payments", headers=headers, body=body, authorizer=PAYER, request_id=key
        )
        answer = function.handler(event, SimpleNamespace())
        if answer["statusCode"] != 201:  # noqa: PLR2004 - anything else measures another thing
            raise RuntimeError(answer["body"])

    return pay


def unjournalled() -> Callable[[], object]:
    """The whole function with a journal that keeps nothing, and so loses what was not replicated."""
    from payments import composition  # noqa: PLC0415

    nothing: Any = SimpleNamespace(accept=lambda entry, **_: entry, settle=lambda _key: None)
    kept = SimpleNamespace(of=lambda *_: nothing)
    setattr(composition, "Journal", kept)  # noqa: B010 - in place of a class it does not export
    return handler()


WHAT = {each.__name__: each for each in (insert, ledger, row_lock, journal, unjournalled, handler)}


def main() -> None:
    """Warm up, wait for the signal, work: `worker WHAT CALLS-TO-WARM-UP SECONDS-OF-WORK`."""
    what, warm_up, seconds = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
    out = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # log lines are still made, as in AWS
    began = time.perf_counter()
    call = WHAT[what]()
    imported = time.perf_counter()
    call()
    first = time.perf_counter()
    out.write(
        json.dumps({"import_ms": (imported - began) * 1e3, "first_ms": (first - imported) * 1e3}) + "\n"
    )
    for _ in range(warm_up):
        call()
    sys.stdin.readline()
    started = time.time()
    took: list[float] = []
    end = time.perf_counter() + seconds
    while (now := time.perf_counter()) < end or len(took) < LEAST_CALLS:
        call()
        took.append((time.perf_counter() - now) * 1e3)
    out.write(json.dumps({"started": started, "ended": time.time(), "took_ms": took}) + "\n")


if __name__ == "__main__":
    main()
