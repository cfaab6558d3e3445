"""Two regions, one lease, a clock that a test moves."""

from collections.abc import Iterator

import boto3
import pytest
from moto import mock_aws

from failover.decision import Policy
from failover.lease import Automation, Lease, LeaseState
from failover.lease_item import to_item
from failover.lease_table import LeaseTable

EAST, WEST = "us-east-1", "us-west-2"
NOW = 1_800_000_000_000
TTL = 30_000
SKEW = 2_000
LIMIT = 1_800_000
POLICY = Policy(ttl_ms=TTL, skew_ms=SKEW, transition_limit_ms=LIMIT)

LEASE = Lease(
    system="payments",
    epoch=7,
    holder=EAST,
    state=LeaseState.ACTIVE,
    expires_at_ms=NOW + TTL,
    automation=Automation.RUNNING,
    changed_at_ms=NOW - 1_000,
    previous_holder=WEST,
)


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
