from collections.abc import Iterator

import pytest
from moto import mock_aws

from failover.lease_table import LeaseTable
from tests.unit import emulated

from .world import OUTPUTS


@pytest.fixture
def lease_table() -> Iterator[LeaseTable]:
    """The empty lease table, emulated."""
    with mock_aws():
        client = emulated.client("dynamodb")
        client.create_table(
            TableName=OUTPUTS["lease_table"],
            KeySchema=[{"AttributeName": "system", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "system", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
        yield LeaseTable(client, OUTPUTS["lease_table"], "payments")
