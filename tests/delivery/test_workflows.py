"""What the workflows do before they get any rights passes here, literally and in their order."""

import os
import subprocess

import pytest

from .clone import Clone
from .workflow import steps

HERE = [step for step in steps() if step.runs_anywhere]


@pytest.fixture(scope="module")
def checkout(tmp_path_factory):
    """A checkout on a runner after the action `setup`."""
    return Clone.of(tmp_path_factory.mktemp("checkout"), "pr103").folder


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
