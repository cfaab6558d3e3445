"""What a payments function stands on: PostgreSQL over TLS, tables, an ACTIVE lease. For bench and tests."""

import contextlib
import json
import ssl
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pg8000.native

from bench import stand_in
from durable.ledger import Ledger
from failover.lease import Lease, LeaseState
from failover.lease_item import Item, to_item
from localcloud.core import tls
from localcloud.core.paths import REPOSITORY
from localcloud.core.ports import free_ports
from localcloud.core.processes import die_with_parent
from localcloud.postgres import binaries
from localcloud.postgres.host import Host
from localcloud.postgres.server import Server
from localcloud.postgres.storage import SUPERUSER, Passwords, Storage
from payments.book import BOOK

REGION, EPOCH = "us-east-1", 1
PREFIX = "/payments-bench"
LEASE_TTL_MS = 3_600_000


def environment(port: int) -> dict[str, str]:
    """What the function is told, with its AWS at the port."""
    return {
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
        "AWS_REGION": REGION,
        "AWS_ACCESS_KEY_ID": "bench",
        "AWS_SECRET_ACCESS_KEY": "bench",
        "SYSTEM": "payments",
        "PARAMETER_PREFIX": PREFIX,
        "LEASE_TABLE": "lease",
        "JOURNAL_TABLE": "journal",
        "ARRIVALS_TABLE": "arrivals",
        "SESSIONS_TABLE": "sessions",
        "LEASE_TTL_SECONDS": str(LEASE_TTL_MS // 1000),  # an expiry further away is not believed
        "TICK_SECONDS": "10",
        "CLOCK_SKEW_SECONDS": "2",
        "KEEPER_LIFETIME_SECONDS": "190",
        "TRANSITION_LIMIT_SECONDS": "1800",
        "AUTHORIZATION": "jwt",
    }


@dataclass(frozen=True, slots=True)
class Ground:
    """The environment of a function, and connections to its ledger, whose fence is at EPOCH."""

    environment: dict[str, str]
    connect: Callable[[], pg8000.native.Connection]


@contextlib.contextmanager
def prepared(*, write_ms: float = 0.0) -> Iterator[Ground]:
    """Database, tables and lease of a function. Each write to a table takes *write_ms* longer."""
    with _postgres() as (server, secret):
        parameters = {"db/writer": f"127.0.0.1:{server.port}", "db/name": "postgres", "db/secret": "bench"}
        [port] = free_ports(1)
        told = {
            "port": port,
            "write_ms": write_ms,
            "secret": json.dumps(secret),
            "parameters": {f"{PREFIX}/{name}": value for name, value in parameters.items()},
            "tables": {"lease": [lease_item("payments")]},
        }
        with aws(told):
            yield Ground(
                environment(port), lambda: _connection(server.port, secret["password"], secret["ca"])
            )


def lease_item(system: str) -> Item:
    """The ACTIVE lease of a system, held here."""
    now_ms = time.time_ns() // 1_000_000
    first = Lease.first(system, holder=REGION, now_ms=now_ms, ttl_ms=LEASE_TTL_MS)
    return to_item(replace(first, state=LeaseState.ACTIVE))


@contextlib.contextmanager
def aws(told: dict[str, object]) -> Iterator[None]:
    """The stand-in for AWS: its port, secret, parameters and items."""
    command = [sys.executable, "-m", stand_in.__name__]
    with subprocess.Popen(
        command,
        cwd=REPOSITORY,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        preexec_fn=die_with_parent,
    ) as process:
        if process.stdin is None or process.stdout is None:
            raise RuntimeError("a process without pipes")
        process.stdin.write(json.dumps(told))
        process.stdin.close()
        try:
            if process.stdout.readline() != "ready\n":
                raise RuntimeError("the stand-in for AWS did not start")
            yield
        finally:
            process.kill()


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
            with contextlib.closing(
                _connection(server.port, passwords.superuser, certificate.ca_pem)
            ) as made:
                ledger = Ledger(made, BOOK)
                ledger.migrate()
                ledger.raise_fence(EPOCH)
            yield (
                server,
                {"username": SUPERUSER, "password": passwords.superuser, "ca": certificate.ca_pem},
            )
        finally:
            server.stop()
            host.remove()


def _connection(port: int, password: str, ca: str) -> pg8000.native.Connection:
    return pg8000.native.Connection(
        SUPERUSER,
        host="127.0.0.1",
        port=port,
        database="postgres",
        password=password,
        ssl_context=ssl.create_default_context(cadata=ca),
    )
