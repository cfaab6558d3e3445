"""What an order costs on an instance, beside a bare insert into its database: the price of losing nothing.

    python -m bench.orders [--clients 16] [--seconds 6 | --quick]

The application runs as it does on an instance, in one process, and its clients come over HTTP, each on a
connection that stays open, from the process that measures. The database is MySQL (or MariaDB) over TLS,
without waiting for the disk; DynamoDB is the stand-in of `bench.stand_in`, a third process on the same
cores: put the latency of your strongly consistent tables, twice an order, on top.
"""

import argparse
import contextlib
import http.client
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

from apps.serving.passwords import hashed
from bench import ground
from durable.ledger import Ledger
from localcloud.core import tls
from localcloud.core.paths import REPOSITORY
from localcloud.core.ports import free_ports
from localcloud.core.processes import die_with_parent
from localcloud.mysql.programs import find
from localcloud.mysql.server import MySQLServer
from runtime import mysql
from runtime.database import Credentials
from trading.book import BOOK

CLIENTS, SECONDS = 16, 6.0
QUICK_S = 0.5
PASSWORD, NAME = "bench", "trading"
STARTS_WITHIN_S = 60.0
ORDER = {
    "side": "buy",
    "symbol": "ACME",
    "quantity": 1,
    "limit_minor": 1250,
    "currency": "EUR",
    "time_in_force": "day",
}
_INSERT = """insert into ledger_orders (entry_id, idempotency_key, request_hash, side, symbol, quantity,
    limit_minor, currency, time_in_force, epoch, region)
    values (%s, %s, 'hash', 'buy', 'ACME', 1, 1250, 'EUR', 'day', 1, 'us-east-1')"""
Work = Callable[[], object]
Worker = Callable[[], contextlib.AbstractContextManager[Work]]
"""Makes one client's piece of work; threads each have their own."""


@dataclass(frozen=True, slots=True)
class Site:
    """The database, and the environment of an instance."""

    environment: dict[str, str]
    connect: Callable[[], Any]


@contextlib.contextmanager
def prepared() -> Iterator[Site]:
    """A ledger at epoch 1, tables, an ACTIVE lease and one user."""
    with tempfile.TemporaryDirectory(prefix="b-", dir="/tmp") as folder:  # a socket's path must be short
        certificate = tls.issue(Path(folder) / "tls")
        port, aws_port = free_ports(2)
        options = {"innodb-flush-log-at-trx-commit": "0"}
        server = MySQLServer(Path(folder) / "s", find(), port=port, certificate=certificate, options=options)
        server.initialise()
        server.start()
        try:
            server.create_owner(NAME, PASSWORD, NAME)
            credentials = Credentials(NAME, PASSWORD, certificate.ca_pem)
            site = Site(
                _environment(aws_port),
                lambda: mysql.connect(("127.0.0.1", port), NAME, credentials, timeout_s=10.0),
            )
            with contextlib.closing(site.connect()) as connection:
                ledger = Ledger(connection, BOOK)
                ledger.migrate()
                ledger.raise_fence(ground.EPOCH)
            with ground.aws(_told(aws_port, port, certificate.ca_pem)):
                yield site
        finally:
            server.remove()


def _told(aws_port: int, port: int, ca: str) -> dict[str, object]:
    users = {NAME: hashed(PASSWORD, b"bench")}
    values = {"db/writer": f"127.0.0.1:{port}", "db/name": NAME, "db/secret": NAME, "users/secret": NAME}
    return {
        "port": aws_port,
        "secret": json.dumps({"username": NAME, "password": PASSWORD, "ca": ca, "users": users}),
        "parameters": {f"{ground.PREFIX}/{name}": value for name, value in values.items()},
        "tables": {"lease": [ground.lease_item(NAME)]},
    }


def _environment(aws_port: int) -> dict[str, str]:
    [port] = free_ports(1)
    own = {"SYSTEM": NAME, "BUNDLE_VERSION": "bench", "SCHEME": "http", "HOST": "127.0.0.1"}
    return {**ground.environment(aws_port), **own, "PORT": str(port)}


def inserting(site: Site) -> Worker:
    """One insert and its commit, over a connection of its own."""

    @contextlib.contextmanager
    def worker() -> Iterator[Work]:
        with contextlib.closing(site.connect()) as connection, connection.cursor() as cursor:
            yield lambda: cursor.execute(_INSERT, (str(uuid4()), str(uuid4())))

    return worker


@contextlib.contextmanager
def ordering(site: Site) -> Iterator[Worker]:
    """One order over HTTP, at an instance that runs meanwhile."""
    address = f"127.0.0.1:{site.environment['PORT']}"
    with subprocess.Popen(
        [sys.executable, "-m", "apps.trading"],
        cwd=REPOSITORY,
        env={**os.environ, **site.environment, "PYTHONPATH": f"{REPOSITORY}:{REPOSITORY / 'lambda'}"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        preexec_fn=die_with_parent,
    ) as process:
        try:
            token = _signed_in(address)

            @contextlib.contextmanager
            def worker() -> Iterator[Work]:
                with contextlib.closing(http.client.HTTPConnection(address, timeout=30)) as connection:
                    yield lambda: _ask(connection, "/orders", ORDER, token)

            yield worker
        finally:
            process.terminate()


def _signed_in(address: str) -> str:
    """The token of a session; waits for the instance."""
    ends = time.monotonic() + STARTS_WITHIN_S
    while True:
        try:
            with contextlib.closing(http.client.HTTPConnection(address, timeout=30)) as connection:
                told = _ask(connection, "/sessions", {"name": NAME, "password": PASSWORD}, "")
                return str(told["token"])
        except OSError:
            if time.monotonic() > ends:
                raise
            time.sleep(0.2)


def _ask(connection: http.client.HTTPConnection, path: str, body: Any, token: str) -> Any:
    headers = {"Content-Type": "application/json", "Idempotency-Key": str(uuid4())}
    connection.request("POST", path, json.dumps(body), {**headers, "Authorization": f"Bearer {token}"})
    answer = connection.getresponse()
    told = json.loads(answer.read())
    if answer.status != http.HTTPStatus.CREATED:  # anything else measures another thing
        raise RuntimeError(f"{path}: {answer.status} {told}")
    return told


def measure(worker: Worker, clients: int, seconds: float) -> str:
    """Calls a second and how long they took, of so many clients at once."""

    def client() -> list[float]:
        took: list[float] = []
        with worker() as work:
            work()
            ends = time.perf_counter() + seconds
            while (began := time.perf_counter()) < ends or len(took) < 2:  # noqa: PLR2004 - of percentiles
                work()
                took.append((time.perf_counter() - began) * 1e3)
        return took

    with ThreadPoolExecutor(clients) as pool:
        began = time.perf_counter()
        took = [each for one in [pool.submit(client) for _ in range(clients)] for each in one.result()]
        rate = len(took) / (time.perf_counter() - began)
    cuts = statistics.quantiles(took, n=100)
    return f"{rate:9.0f}{cuts[49]:9.2f}{cuts[98]:9.2f}{len(took):9d}"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="bench.orders", description="What an order costs on an instance.")
    parser.add_argument("--clients", type=int, default=CLIENTS)
    parser.add_argument("--seconds", type=float, default=SECONDS)
    parser.add_argument("--quick", action="store_true", help="a moment a row: that it works, not how fast")
    asked = parser.parse_args()
    seconds, clients = (QUICK_S, 2) if asked.quick else (asked.seconds, asked.clients)
    sys.stdout.write(f"{'':<42}{'per s':>9}{'p50 ms':>9}{'p99 ms':>9}{'calls':>9}\n")
    with prepared() as site:
        sys.stdout.write(f"{'a bare insert':<42}{measure(inserting(site), clients, seconds)}\n")
        with ordering(site) as worker:
            sys.stdout.write(
                f"{'an order, journalled in two regions':<42}{measure(worker, clients, seconds)}\n"
            )


if __name__ == "__main__":
    main()
