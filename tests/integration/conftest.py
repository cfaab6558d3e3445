"""The deployed system, on the local cloud or on AWS: only the environment's endpoint and keys differ."""

import json
import os
import urllib.error
import urllib.request
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import pytest

from dr.deployment import Deployment
from dr.outputs import read

OUTPUTS = Path(__file__).parents[2] / "cfn-outputs" / "flat-outputs.json"


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: dict[str, Any]


@pytest.fixture(scope="session")
def outputs() -> dict[str, Any]:
    return read(OUTPUTS)


@pytest.fixture(scope="session")
def deployment(outputs) -> Deployment:
    return Deployment.of(outputs)


@pytest.fixture(scope="session")
def regions(deployment) -> list[str]:
    return list(deployment.api_endpoints)


@pytest.fixture(scope="session")
def aws():
    """boto3 clients by service and region; AWS_ENDPOINT_URL decides which cloud answers."""

    def client(service: str, region: str):
        return boto3.client(service, region_name=region)

    return client


@pytest.fixture(scope="session")
def holder(deployment) -> str:
    """The region that is ready to take payments."""
    ready = [
        region
        for region in deployment.api_endpoints
        if ask(deployment, region, "/health/ready").status == 200
    ]
    assert len(ready) == 1, f"exactly one region must be ready, got {ready}"
    return ready[0]


@pytest.fixture
def payment() -> dict[str, Any]:
    return {"amount_minor": 1250, "currency": "EUR", "debtor": "Ada", "creditor": "Bob", "reference": "lunch"}


@pytest.fixture
def key() -> str:
    return f"integration-{uuid.uuid4().hex}"


def ask(deployment: Deployment, region: str, path: str, *, body: Any = None, key: str = "") -> Answer:
    """GET, or POST when there is a body, as a client of the region's API would."""
    request = urllib.request.Request(
        deployment.api_endpoints[region] + path,
        data=None if body is None else (body if isinstance(body, bytes) else json.dumps(body).encode()),
        headers={"Content-Type": "application/json"} | ({"Idempotency-Key": key} if key else {}),
    )
    try:
        with urllib.request.urlopen(request, timeout=12) as answer:
            return Answer(answer.status, dict(answer.headers), json.load(answer))
    except urllib.error.HTTPError as error:
        return Answer(error.code, dict(error.headers), json.loads(error.read() or b"{}"))


def pytest_report_header() -> str:
    return f"cloud: {os.environ.get('AWS_ENDPOINT_URL', 'AWS')}"
