import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import fastjsonschema
import pytest
from moto import mock_aws

from dr import automation, calls, check, envelope, halt, operate, schemas, topology, waiting
from dr.waiting import deadline
from failover.lease_table import LeaseTable
from runtime.clock import now_ms
from tests.unit import emulated

from .regions import answering
from .simulated import SimulatedClock
from .typed import put
from .world import ENDPOINTS, LEASE, LOSS, OUTPUTS, STOCK, FakeCloud


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> SimulatedClock:
    """The time that every command waits by."""
    made = SimulatedClock()
    monkeypatch.setattr(deadline, "clock", made)
    monkeypatch.setattr(deadline, "_ends_at", float("inf"))
    return made


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing that answers is called late because this machine is busy; tests of lateness say how late."""
    for module, name in ((calls, "CALL_S"), (topology, "LEASE_S"), (topology, "PROBE_S")):
        monkeypatch.setattr(module, name, 120.0)
    monkeypatch.setattr(waiting, "SILENT_S", 120.0)


@pytest.fixture(autouse=True)
def documents(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """Every document that a command of this test prints; each is what `dr schema` says it is."""
    printed: list[dict[str, Any]] = []
    really = envelope.emit

    def emit(told: dict[str, Any], indent: int | None) -> None:
        command = told["schema"].removeprefix("dr/").rpartition("/")[0].replace("/", " ")
        if command in schemas.CONTENT:
            fastjsonschema.validate(schemas.schema(command), json.loads(json.dumps(told, default=str)))
        printed.append(told)
        really(told, indent)

    monkeypatch.setattr(envelope, "emit", emit)
    return printed


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
    for module in (check, operate, automation, halt):
        monkeypatch.setattr(module, "Cloud", lambda _: made)
    path = tmp_path / "flat.json"
    path.write_text(json.dumps(OUTPUTS | ENDPOINTS))
    made.outputs = str(path)
    return made


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """AWS and the front doors of both regions, well."""
    told = {"clock_ms": now_ms(), "database": "replica", "gap": asdict(STOCK), "why": None, "loss": LOSS}
    with answering(told) as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL", server.url)
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
        yield server
