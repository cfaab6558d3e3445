"""The stacks that every judge looks at: synthesized once, for the default provider."""

import json
import os
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

from localcloud.core.paths import REPOSITORY, STATE

Document = dict[str, Any]
WORK = STATE / "gates"


class SynthesisFailed(Exception):
    """The app does not synthesize; the message is what it said."""


@cache
def synthesize(work: Path = WORK) -> dict[str, Document]:
    """Every stack's document by the stack's name, made once a process. Raises SynthesisFailed."""
    work.mkdir(parents=True, exist_ok=True)
    output = work / "cdktf.out"
    done = subprocess.run(
        [sys.executable, str(REPOSITORY / "main.py")],
        env={**os.environ, "CDKTF_OUTDIR": str(output)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    if done.returncode:
        raise SynthesisFailed(done.stderr.strip())
    manifest = json.loads((output / "manifest.json").read_text())
    return {
        name: json.loads((output / stack["synthesizedStackPath"]).read_text())
        for name, stack in manifest["stacks"].items()
    }
