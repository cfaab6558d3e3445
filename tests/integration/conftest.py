"""The deployed system, on the local cloud or on AWS: only the environment's endpoint and keys differ.

Tests of payments lie here, those of another system in the folder of its name.
"""

import json
import os
import urllib.error
import urllib.request
import uuid
from dataclasses import dataclass, replace
from email.message import Message
from functools import cache
from pathlib import Path
from typing import Any

import boto3
import pytest

from dr.access_token import Client, ca_file
from dr.deployment import Deployment
from dr.outputs import read
from lib.settings.authorization import Mode
from lib.systems.load import load_any, load_settings
from runtime.signing import signed

HERE = Path(__file__).parent
SYSTEM = load_any().system
collect_ignore = [each.name for each in HERE.iterdir() if each.is_dir() and each.name != SYSTEM]
collect_ignore_glob = [] if SYSTEM == "payments" else ["test_*.py"]
OUTPUTS = Path(os.environ.get("DR_OUTPUTS", HERE.parents[1] / "cfn-outputs/flat-outputs.json"))


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: Message
    """By names in any case."""
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
    """The region that is ready to take requests."""
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


@cache
def token(scopes: str = "") -> str | None:
    """A token of the system's own client, whose secret is the parameter api/key; None: none is asked for."""
    settings = load_settings()
    if settings.api is None or settings.api.authorization.mode is Mode.NONE:
        return None
    authorization = settings.api.authorization
    region = settings.regions.first.name
    ssm = boto3.client("ssm", region_name=region)
    name = f"{settings.parameter_prefix}/api/key"
    secret = ssm.get_parameter(Name=name, WithDecryption=True)["Parameter"]["Value"]
    own = Client.of(authorization, secret=secret, ca_file=ca_file())
    return replace(own, scopes=scopes.split() or own.scopes).token().value


def by_region(outputs: dict[str, Any], name: str, regions: list[str]) -> dict[str, Any]:
    """An output that each region has."""
    return {region: outputs[f"{name}_{region.replace('-', '_')}"] for region in regions}


OWN = "own"


def ask(
    deployment: Deployment,
    region: str,
    path: str,
    *,
    body: Any = None,
    key: str = "",
    bearer: str | None = OWN,
    method: str | None = None,
) -> Answer:
    """GET, or POST when there is a body, as a client of the region's API would; by default with a token."""
    shown = token() if bearer == OWN else bearer
    headers = {"Content-Type": "application/json"} | ({"Idempotency-Key": key} if key else {})
    return send(
        urllib.request.Request(
            deployment.api_endpoints[region] + path,
            data=None if body is None else (body if isinstance(body, bytes) else json.dumps(body).encode()),
            headers=headers | ({} if shown is None else {"Authorization": f"Bearer {shown}"}),
            method=method,
        )
    )


def prove(deployment: Deployment, region: str, payment: dict[str, Any], key: str) -> Answer:
    """A synthetic payment, signed as whoever runs this."""
    url, body = f"{deployment.api_endpoints[region]}/synthetic-payments", json.dumps(payment).encode()
    headers = {"Content-Type": "application/json", "Idempotency-Key": key}
    headers = signed("POST", url, body, headers, region=region)
    return send(urllib.request.Request(url, data=body, headers=headers))


def send(request: urllib.request.Request) -> Answer:
    try:
        with urllib.request.urlopen(request, timeout=12) as answer:
            return Answer(answer.status, answer.headers, json.loads(answer.read() or b"{}"))
    except urllib.error.HTTPError as error:
        return Answer(error.code, error.headers, json.loads(error.read() or b"{}"))


def pytest_report_header() -> str:
    return f"cloud: {os.environ.get('AWS_ENDPOINT_URL', 'AWS')}"
