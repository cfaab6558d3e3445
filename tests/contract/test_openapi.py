"""Schemathesis sends what the OpenAPI document allows, and what not, to the function and a real PostgreSQL.

Run by `make openapi`: every value at the edge of the document (phase `coverage`), and random ones.
`schemathesis.toml` says what is left out, and why.
"""

import os
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = os.environ.get("SCHEMATHESIS", str(ROOT / ".local" / "contract-venv" / "bin" / "schemathesis"))
RULES = Path(__file__).with_name("schemathesis.toml")


def test_the_service_does_what_its_document_says(served, tmp_path) -> None:
    command = [PROGRAM, "--config-file", str(RULES), "run", f"{served.address}/openapi.json"]
    command += [part for name, value in served.headers.items() for part in ("--header", f"{name}: {value}")]
    done = subprocess.run(
        command,
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], "HOME": str(tmp_path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=400,
        check=False,
    )
    assert done.returncode == 0, done.stdout
