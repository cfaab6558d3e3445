import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from moto import mock_aws

from dr import automation, look, operate, operations, reset
from failover.lease_table import LeaseTable
from runtime.clock import now_ms
from tests.unit import emulated

from .regions import answering
from .typed import put
from .world import ENDPOINTS, LEASE, LOSS, OUTPUTS, STOCK, FakeCloud


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


@pytest.fixture
def outputs_file(tmp_path: Path) -> Path:
    """The outputs of a deployed system whose APIs nobody answers."""
    path = tmp_path / "flat.json"
    path.write_text(json.dumps(OUTPUTS | dict.fromkeys(ENDPOINTS, "http://127.0.0.1:1")))
    return path


@pytest.fixture
def cloud(lease_table: LeaseTable, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> FakeCloud:
    """The system, healthy; every command finds this cloud behind the outputs."""
    made = FakeCloud(lease_table)
    put(made, LEASE)
    for module in (look, operate, automation, reset):
        monkeypatch.setattr(module, "Cloud", lambda _: made)
    monkeypatch.setattr(operations.time, "sleep", lambda _: None)
    path = tmp_path / "flat.json"
    path.write_text(json.dumps(OUTPUTS | ENDPOINTS))
    made.outputs = str(path)
    return made


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """AWS and the front doors of both regions, well."""
    told = {"clock_ms": now_ms(), "database": "replica", "stock": asdict(STOCK), "why": None, "loss": LOSS}
    with answering(told) as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL", server.url)
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
        yield server
