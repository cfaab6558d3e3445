"""The stacks as they would be deployed, for their names."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from dr.doctor.aws import Unanswered

Document = Mapping[str, Any]
Documents = Mapping[str, Document]
"""Synthesized stacks by name."""
MAIN = Path(__file__).resolve().parents[2] / "main.py"
WITHIN_S = 300


def synthesize(main: Path = MAIN) -> Documents:
    """Every stack's document by name, made for this. Raises Unanswered when the app does not synthesize."""
    with TemporaryDirectory() as folder:
        done = subprocess.run(
            [sys.executable, str(main)],
            env={**os.environ, "CDKTF_OUTDIR": folder},
            capture_output=True,
            text=True,
            timeout=WITHIN_S,
            check=False,
        )
        if done.returncode:
            raise Unanswered(f"the stacks do not synthesize: {done.stderr.strip()[-300:]}")
        manifest = json.loads((Path(folder) / "manifest.json").read_text())
        return {
            name: json.loads((Path(folder) / stack["synthesizedStackPath"]).read_text())
            for name, stack in manifest["stacks"].items()
        }
