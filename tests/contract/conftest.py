"""The service behind a gateway in small, with a real PostgreSQL: one for all tests of the contract."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bench import ground
from localcloud.processes import die_with_parent

ROOT = Path(__file__).resolve().parents[2]


@contextmanager
def gateway(told: dict[str, str]) -> Iterator[str]:
    """The address of the service."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.contract.gateway"],
        cwd=ROOT,
        env={**os.environ, **told, "POWERTOOLS_LOG_LEVEL": "CRITICAL"},
        stdout=subprocess.PIPE,
        text=True,
        preexec_fn=die_with_parent,
    ) as process:
        try:
            yield f"http://127.0.0.1:{json.loads(process.stdout.readline())['port']}"
        finally:
            process.kill()


@pytest.fixture(scope="session")
def address() -> Iterator[str]:
    with ground.prepared() as told, gateway(told) as found:
        yield found
