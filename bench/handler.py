"""What a payment costs in the function, with and without the journal: the price of losing nothing.

Run it with `python -m bench.handler`. The function composes itself as it does in AWS and is called in this
process, one request after another, as an execution environment of Lambda is. PostgreSQL is real, over TLS,
without waiting for the disk. DynamoDB is moto in the same process: its time is processor time of this
machine and stands in its own row, so subtract it and add what your strongly consistent tables take.
"""

import contextlib
import itertools
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast
from unittest import mock

from moto import mock_aws

from failover.lease_table import LeaseTable
from localcloud import tls
from localcloud.postgres import binaries
from localcloud.postgres.host import Host
from localcloud.postgres.server import Server
from localcloud.postgres.storage import SUPERUSER, Passwords, Storage
from localcloud.processes import free_ports
from payments import composition, handler
from payments.journal import EntryState, Journal, JournalEntry
from payments.ledger import Ledger
from payments.request import PaymentRequest
from runtime.clients import client
from runtime.database import Database
from runtime.logs import logger
from runtime.parameters import Parameters

REGION = "us-east-1"
PREFIX = "/payments-bench"
WARM_UP, ROUNDS, LIMIT_S = 20, 600, 8.0
ENVIRONMENT = {
    "AWS_REGION": REGION,
    "AWS_ACCESS_KEY_ID": "bench",
    "AWS_SECRET_ACCESS_KEY": "bench",
    "SYSTEM": "payments",
    "PARAMETER_PREFIX": PREFIX,
    "LEASE_TABLE": "lease",
    "JOURNAL_TABLE": "journal",
    "SESSIONS_TABLE": "sessions",
    "LEASE_TTL_SECONDS": "30",
    "TICK_SECONDS": "10",
    "CLOCK_SKEW_SECONDS": "2",
    "KEEPER_LIFETIME_SECONDS": "130",
}
PAYMENT = PaymentRequest(amount_minor=1250, currency="EUR", debtor="Ada", creditor="Grace", reference="bench")
numbers = itertools.count()


@dataclass(frozen=True, slots=True)
class Measured:
    """Milliseconds of each call."""

    what: str
    took_ms: list[float]

    def __str__(self) -> str:
        cuts = statistics.quantiles(self.took_ms, n=100)
        rate = 1000 / statistics.fmean(self.took_ms)
        return f"{self.what:<38}{cuts[49]:8.2f}{cuts[98]:9.2f}{rate:9.0f}{len(self.took_ms):8d}"


class NoJournal:
    """A journal that keeps nothing, and so loses with its region whatever was not replicated."""

    def __init__(self, *_: object) -> None: ...

    def accept(self, entry: JournalEntry) -> JournalEntry:
        """The entry, unkept."""
        return entry

    def settle(self, key: str) -> None:
        """Nothing."""


def measure(what: str, call: Callable[[], object]) -> Measured:
    """The times of up to ROUNDS calls that follow the warm-up, within LIMIT_S."""
    for _ in range(WARM_UP):
        call()
    end = time.perf_counter() + LIMIT_S
    took: list[float] = []
    while len(took) < ROUNDS and time.perf_counter() < end:
        began = time.perf_counter()
        call()
        took.append((time.perf_counter() - began) * 1000)
    return Measured(what, took)


def rows() -> Iterator[Measured]:
    """Each measurement in turn."""
    database = Database(Parameters(client("ssm"), PREFIX), client("secretsmanager"))
    with database.session() as connection:
        ledger = Ledger(connection)
        ledger.migrate()
        ledger.raise_fence(1)
        yield measure("ledger transaction alone", lambda: ledger.record(_entry(), epoch=1, region=REGION))
    with mock.patch.object(composition, "Journal", NoJournal):
        yield measure("handler without the journal", _pay)
    composition.service.cache_clear()
    yield measure("handler with the journal", _pay)
    yield measure("the journal's two writes alone (moto)", _journal())


def _pay() -> None:
    key = f"bench-{next(numbers):08d}"
    answer = handler.handler(
        {
            "routeKey": "POST /payments",
            "headers": {"idempotency-key": key, "content-type": "application/json"},
            "requestContext": {"requestId": key},
            "body": PAYMENT.canonical(),
        },
        SimpleNamespace(),
    )
    if answer["statusCode"] != 201:  # noqa: PLR2004 - anything else measures another thing
        raise RuntimeError(answer["body"])


def _journal() -> Callable[[], None]:
    journal = Journal(client("dynamodb"), "journal")

    def write() -> None:
        journal.settle(journal.accept(_entry()).idempotency_key)

    return write


def _entry() -> JournalEntry:
    number = next(numbers)
    return JournalEntry(
        idempotency_key=f"bench-{number:08d}",
        payment_id=f"00000000-0000-4000-8000-{number:012d}",
        request_hash=PAYMENT.digest(),
        request=PAYMENT,
        epoch=1,
        region=REGION,
        state=EntryState.INTENT,
        accepted_at_ms=0,
    )


@contextlib.contextmanager
def _postgres() -> Iterator[tuple[Server, dict[str, str]]]:
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        Path(folder).chmod(0o755)
        host = Host.choose(Path(folder) / "state", binaries.find())
        certificate = tls.issue(host.home / "tls")
        passwords = Passwords()
        port, upstream = free_ports(2)
        storage = Storage("bench", host, upstream=upstream, passwords=passwords)
        storage.initialise()
        server = Server(storage, port=port, certificate=certificate)
        server.start()
        try:
            secret = {"username": SUPERUSER, "password": passwords.superuser, "ca": certificate.ca_pem}
            yield server, secret
        finally:
            server.stop()
            host.remove()


def _prepare(server: Server, secret: dict[str, str]) -> None:
    """What the stacks and a takeover leave behind: tables, parameters, the secret and an ACTIVE lease."""
    dynamodb: Any = client("dynamodb")
    for table, key in (("lease", "system"), ("journal", "idempotency_key")):
        dynamodb.create_table(
            TableName=table,
            BillingMode="PAY_PER_REQUEST",
            KeySchema=[{"AttributeName": key, "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"}],
        )
    parameters = {"db/writer": f"127.0.0.1:{server.port}", "db/name": "postgres", "db/secret": "bench"}
    for name, value in parameters.items():
        client("ssm").put_parameter(Name=f"{PREFIX}/{name}", Value=value, Type="String")
    client("secretsmanager").create_secret(Name="bench", SecretString=json.dumps(secret))
    now_ms = time.time_ns() // 1_000_000
    leases = LeaseTable(dynamodb, "lease", "payments")
    leases.activate(leases.create(holder=REGION, now_ms=now_ms, ttl_ms=3_600_000), now_ms=now_ms)


def main() -> None:
    """Print the table."""
    os.environ.update(ENVIRONMENT)
    found = []
    with _postgres() as (server, secret), mock_aws(), Path(os.devnull).open("w") as nowhere:
        cast("Any", logger.handlers[0]).setStream(nowhere)  # lines are still made, as in AWS
        with contextlib.redirect_stdout(nowhere):
            _prepare(server, secret)
            found = list(rows())
    sys.stdout.write(f"{'':<38}{'p50 ms':>8}{'p99 ms':>9}{'per s':>9}{'calls':>8}\n")
    for row in found:
        sys.stdout.write(f"{row}\n")


if __name__ == "__main__":
    main()
