"""Two regions, one lease, a clock that a test moves."""

from collections.abc import Callable, Iterator
from typing import NoReturn

import boto3
import pytest
from moto import mock_aws

from failover.lease import Lease
from failover.lease_item import to_item
from failover.lease_table import LeaseTable
from failover.steps.tools import Tools

from .scene import EAST, NOW
from .west import TAKEN, West, tools_of


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
def emulated() -> Iterator[object]:
    """DynamoDB with the lease table; making it anew for every test would be most of their time."""
    with pytest.MonkeyPatch.context() as patch, mock_aws():
        for key in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            patch.setenv(key, "test")
        client = boto3.client("dynamodb", region_name=EAST)
        client.create_table(
            TableName="lease",
            KeySchema=[{"AttributeName": "system", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "system", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
        yield client


@pytest.fixture
def dynamodb(emulated):
    """The client of an empty lease table."""
    emulated.delete_item(TableName="lease", Key={"system": {"S": "payments"}})
    return emulated


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


def _lost(region: str) -> NoReturn:
    pytest.fail(f"a recovery asks nothing of another region, and this one asked {region}")


@pytest.fixture
def west() -> West:
    return West()


@pytest.fixture
def tools(west: West, leases: LeaseTable, put: Callable[[Lease], Lease], clock) -> Tools:
    put(TAKEN)
    return tools_of(west, leases, clock, rds_in=_lost)
