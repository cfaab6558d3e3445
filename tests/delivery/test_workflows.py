"""What the workflows do before they get any rights passes here, literally and in their order."""

import os
import shutil
import subprocess

import pytest

from .clone import COPIED, FILES, ROOT, SHARED
from .workflow import steps

HERE = [step for step in steps() if step.runs_anywhere]


@pytest.fixture(scope="module")
def checkout(tmp_path_factory):
    """A checkout on a runner after the action `setup`."""
    folder = tmp_path_factory.mktemp("checkout")
    for name in (*COPIED, "localcloud"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in (*FILES, "Makefile", "Pipfile", "Pipfile.lock", "package-lock.json"):
        (folder / name).parent.mkdir(exist_ok=True)
        shutil.copy2(ROOT / name, folder / name)
    (folder / ".local").mkdir()
    for name in (*SHARED, ".local/bin", ".local/emulator-venv"):
        (folder / name).symlink_to(ROOT / name)
    return folder


@pytest.mark.parametrize("step", HERE, ids=lambda step: f"{step.workflow}-{step.job}-{step.commands[0]}")
def test_a_step_that_needs_neither_aws_nor_github_passes(checkout, step):
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    environment = {name: value for name, value in step.environment.items() if value}
    done = subprocess.run(
        ["/bin/bash", "-e", "-o", "pipefail", "-c", step.script],
        cwd=checkout,
        env={**kept, **environment, "MAKEFLAGS": ""},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]


def test_the_budget_is_there_for_the_comment(checkout):
    assert "rto" in (checkout / "report" / "budget.txt").read_text()
