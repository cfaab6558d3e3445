"""Schemathesis sends what the OpenAPI document allows, and what not, to the function and a real PostgreSQL.

Run by `make contract`. Examples, every value at the edge of the document (phase `coverage`), random ones, and
sequences of calls. What matches no route is answered by API Gateway itself, with 404 where RFC 9110 would
have 405: so the one check of methods that are not offered is left out.
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
LEFT_OUT = "unsupported_method"


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
    command = [PROGRAM, "run", f"{address}/openapi.json", "--exclude-checks", LEFT_OUT, "--no-color"]
    limits = ["--max-examples", "25", "--seed", "1", "--generation-database", "none"]
    done = subprocess.run(
        [*command, *limits],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], "HOME": str(tmp_path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout
