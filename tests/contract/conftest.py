"""The service behind a gateway in small, with a real PostgreSQL: one for all tests of the contract."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from bench import ground
from localcloud.core.processes import die_with_parent

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Served:
    address: str
    headers: dict[str, str]
    """What a client sends with every request: the access token that this service asks for."""


@contextmanager
def gateway(told: dict[str, str]) -> Iterator[Served]:
    with subprocess.Popen(
        [sys.executable, "-m", "tests.contract.gateway"],
        cwd=ROOT,
        env={**os.environ, **told, "POWERTOOLS_LOG_LEVEL": "CRITICAL"},
        stdout=subprocess.PIPE,
        text=True,
        preexec_fn=die_with_parent,
    ) as process:
        try:
            found = json.loads(process.stdout.readline())
            yield Served(f"http://127.0.0.1:{found['port']}", found["headers"])
        finally:
            process.kill()


@pytest.fixture(scope="session", params=["jwt", "none"])
def served(request: pytest.FixtureRequest) -> Iterator[Served]:
    """The service as it is deployed, and as the settings may have it: nobody is asked who pays."""
    with ground.prepared() as on, gateway(on.environment | {"AUTHORIZATION": request.param}) as found:
        yield found
