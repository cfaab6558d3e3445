"""checkov over synthesized stacks and over plans.

Its framework `terraform` finds nothing in files of CDKTF, and `terraform_json` stumbles over their block
`terraform` and then finds nothing either, in both cases with exit code 0. So it gets copies of what it
judges, and a file that it could not read is itself a finding, as is a run that judged nothing.
"""

import json
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gates.findings import Finding
from gates.synthesis import WORK, Document
from localcloud.core.paths import STATE

PROGRAM = STATE / "gates-venv" / "bin" / "checkov"
JUDGED = ("resource", "data")
TIMEOUT_S = 300


def judge_stacks(stacks: Mapping[str, Document], work: Path = WORK) -> list[Finding]:
    """What the framework `terraform_json` says."""
    copies = {name: {kind: stack[kind] for kind in JUDGED if kind in stack} for name, stack in stacks.items()}
    return _run("terraform_json", copies, ending=".tf.json", folder=work / "checkov")


def judge_plans(plans: Mapping[str, Document], work: Path = WORK) -> list[Finding]:
    """What the framework `terraform_plan` says; it sees the IAM documents whole."""
    return _run("terraform_plan", plans, ending=".json", folder=work / "checkov-plans")


def _run(framework: str, files: Mapping[str, Document], *, ending: str, folder: Path) -> list[Finding]:
    if folder.exists():
        shutil.rmtree(folder)
    folder.mkdir(parents=True)
    for name, document in files.items():
        (folder / f"{name}{ending}").write_text(json.dumps(document))
    done = subprocess.run(
        [
            str(PROGRAM),
            "--skip-download",
            "--framework",
            framework,
            "-d",
            str(folder),
            "-o",
            "json",
            "--compact",
        ],
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        check=False,
    )
    return findings(json.loads(done.stdout or "[]"))


def findings(report: Any) -> list[Finding]:
    """Failed checks of a report, and what checkov could not read; all of it, if it judged nothing."""
    reports = report if isinstance(report, list) else [report]
    results = [one["results"] for one in reports if "results" in one]
    if not any(result["passed_checks"] or result["failed_checks"] for result in results):
        return [Finding("unread", "*", "checkov judged nothing at all")]
    unread = [
        Finding("unread", Path(file).name, "checkov could not read it")
        for result in results
        for file in result["parsing_errors"]
    ]
    failed = [
        Finding(
            check["check_id"], f"{check['file_path'].lstrip('/')}:{check['resource']}", check["check_name"]
        )
        for result in results
        for check in result["failed_checks"]
    ]
    return [*unread, *failed]
