"""Two regions, one lease, a clock that a test moves."""

from collections.abc import Callable, Iterator

import pytest
from moto import mock_aws

from durable import reconciler
from durable.reconciler import Reconciler
from failover.lease import Lease
from failover.lease_item import to_item
from failover.lease_table import LeaseTable
from failover.steps.context import StepContext
from payments import functions
from runtime import clients
from runtime.logs import logger
from tests.unit import deployed, emulated

from .machine import tools_of
from .scene import EAST, NOW
from .west import West
from .world import World, reconciler_in

ENVIRONMENT = deployed.ENVIRONMENT | {"AWS_REGION": EAST}


class Clock:
    """Milliseconds that stand still until a test moves them."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> int:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="module")
def lease_store() -> Iterator[object]:
    """DynamoDB with the lease table; making it anew for every test would be most of their time."""
    with pytest.MonkeyPatch.context() as patch, mock_aws():
        for key in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            patch.setenv(key, "test")
        client = emulated.client("dynamodb", EAST)
        client.create_table(
            TableName="lease",
            KeySchema=[{"AttributeName": "system", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "system", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
        yield client


@pytest.fixture
def dynamodb(lease_store):
    """The client of an empty lease table."""
    lease_store.delete_item(TableName="lease", Key={"system": {"S": "payments"}})
    return lease_store


@pytest.fixture
def leases(dynamodb) -> LeaseTable:
    return LeaseTable(dynamodb, "lease", "payments")


@pytest.fixture
def put(dynamodb):
    """Puts a lease into the table as an earlier history left it there."""

    def put(lease: Lease) -> Lease:
        dynamodb.put_item(TableName="lease", Item=to_item(lease))
        return lease

    return put


@pytest.fixture
def west() -> West:
    return West()


@pytest.fixture
def context(west: West, leases: LeaseTable, put: Callable[[Lease], Lease], clock) -> StepContext:
    put(west.lease)
    return tools_of(west, leases, clock)


@pytest.fixture
def world(monkeypatch) -> World:
    monkeypatch.setattr(reconciler, "Ledger", lambda connection, _book: connection)
    monkeypatch.setattr(reconciler, "Outbox", lambda connection, _book: connection)
    return World()


@pytest.fixture(name="reconciler")
def its_reconciler(world) -> Reconciler:
    return reconciler_in(EAST, world)


@pytest.fixture
def environment(monkeypatch) -> Iterator[None]:
    """A function that is deployed and has made no client yet."""
    clients.client.cache_clear()
    functions.kept.cache_clear()
    for key, value in ENVIRONMENT.items():
        monkeypatch.setenv(key, value)
    yield
    clients.client.cache_clear()
    functions.kept.cache_clear()


@pytest.fixture
def logged(monkeypatch) -> list[tuple[str, str, dict[str, object]]]:
    """Every line that is logged: its level, its text and its facts."""
    lines: list[tuple[str, str, dict[str, object]]] = []
    for level in ("info", "warning", "error"):
        monkeypatch.setattr(
            logger, level, lambda text, *, extra, level=level: lines.append((level, text, extra))
        )
    return lines
