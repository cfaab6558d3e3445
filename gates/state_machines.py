"""asl-validator over every state machine: schema, targets, terminal states, JSON paths."""

import subprocess
from collections.abc import Mapping
from pathlib import Path

from gates.findings import Finding
from gates.synthesis import WORK, Document
from localcloud.core.paths import REPOSITORY

PROGRAM = REPOSITORY / "node_modules" / ".bin" / "asl-validator"


def judge(stacks: Mapping[str, Document], work: Path = WORK) -> list[Finding]:
    """What the validator says about every definition."""
    found = []
    work.mkdir(parents=True, exist_ok=True)
    for stack, document in stacks.items():
        for address, body in document.get("resource", {}).get("aws_sfn_state_machine", {}).items():
            where = f"{stack}.{address}"
            path = work / f"{where}.asl.json"
            path.write_text(body["definition"])
            done = subprocess.run(
                [str(PROGRAM), "--json-path", str(path)],
                capture_output=True,
                text=True,
                timeout=60,
                check=False,
            )
            if done.returncode:
                said = " ".join((done.stdout + done.stderr).split())
                found.append(Finding("asl", where, said))
    return found
