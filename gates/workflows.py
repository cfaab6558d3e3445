"""actionlint over the workflows, and two rules of ours: actions by commit, permissions by job."""

import json
import re
import shutil
import subprocess
from pathlib import Path

from gates.findings import Finding
from localcloud.paths import REPOSITORY

FOLDER = REPOSITORY / ".github" / "workflows"
PROGRAM = Path(__file__).with_name("actionlint.mjs")
USES = re.compile(r"^\s*(?:- )?uses:\s*(?P<action>\S+)", re.MULTILINE)
BY_COMMIT = re.compile(r"\./.+|.+@[0-9a-f]{40}")


def judge(folder: Path = FOLDER) -> list[Finding]:
    """What actionlint and our own rules say about every workflow in *folder*."""
    files = sorted(folder.glob("*.yml"))
    own = [finding for file in files for finding in rules(file.name, file.read_text())]
    done = subprocess.run(
        [shutil.which("node") or "node", str(PROGRAM), *map(str, files)],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    if done.returncode:
        return [*own, Finding("actionlint", "itself", done.stderr.strip()[-300:])]
    said = [
        Finding(f"actionlint-{one['kind']}", f"{Path(one['file']).name}:{one['line']}", one["message"])
        for one in json.loads(done.stdout)
    ]
    return [*own, *said]


def rules(name: str, text: str) -> list[Finding]:
    """Actions are pinned to a commit; no workflow keeps the default permissions of its token."""
    loose = [
        Finding("pinned", name, f"{found['action']}: name the commit, a tag can be moved")
        for found in USES.finditer(text)
        if not BY_COMMIT.fullmatch(found["action"])
    ]
    if not re.search(r"^permissions: \{\}$", text, re.MULTILINE):
        loose.append(Finding("permissions", name, "start with `permissions: {}` and let each job ask"))
    return loose
