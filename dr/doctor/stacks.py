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
NOISE = ("b'", "budget: ")
"""How lines begin that Node and the budget write beside what is wrong."""
MAIN = Path(__file__).resolve().parents[2] / "main.py"
WITHIN_S = 300
MISTAKES = 5
"""Lines that are shown: the settings have one for each mistake."""


class NotSynthesized(Unanswered):
    """The settings allow no stacks; the message has their own words."""

    fix = "mend what it says, then type it again"


def synthesize(main: Path = MAIN) -> Documents:
    """Every stack's document by name, made for this. Raises NotSynthesized."""
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
            raise NotSynthesized(f"the stacks do not synthesize: {_said(done.stderr)}")
        manifest = json.loads((Path(folder) / "manifest.json").read_text())
        return {
            name: json.loads((Path(folder) / stack["synthesizedStackPath"]).read_text())
            for name, stack in manifest["stacks"].items()
        }


def _said(errors: str) -> str:
    """The last words of the app, whole lines of them."""
    lines = [line for line in errors.splitlines() if line.strip() and not line.startswith(NOISE)]
    return "; ".join(lines[-MISTAKES:])
