"""Schemathesis sends what the OpenAPI document allows, and what not, to the function and a real PostgreSQL.

Run by `make openapi`: every value at the edge of the document (phase `coverage`), and random ones.
`schemathesis.toml` says what is left out, and why.
"""

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
PROGRAM = os.environ.get("SCHEMATHESIS", str(ROOT / ".local" / "contract-venv" / "bin" / "schemathesis"))
RULES = Path(__file__).with_name("schemathesis.toml")


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


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with ground.prepared() as told, gateway(told) as found:
        yield found


def test_the_service_does_what_its_document_says(address, tmp_path) -> None:
    command = [PROGRAM, "--config-file", str(RULES), "run", f"{address}/openapi.json"]
    done = subprocess.run(
        command,
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], "HOME": str(tmp_path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout
