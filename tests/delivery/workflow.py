"""The steps of the workflows in .github: which of them a machine without AWS and GitHub can run."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).resolve().parents[2] / ".github" / "workflows"
NUMBER = "${{ github.event.pull_request.number }}"
ELSEWHERE = {
    "make ${{ matrix.target }}": "is a test of its own, and make delivery one of them",
    "make destroy": "needs AWS; make gates-destroy destroys on a local cloud",
    "make deploy": "needs AWS; make up deploys the same stacks on a local cloud",
    "make plan": "needs AWS; make gates-plan plans on a local cloud",
    "make plan PLAN_FLAGS=--must-be-empty": "needs AWS; every drill plans on a local cloud and finds nothing",
    "cp cfn-outputs/flat-outputs.json report/outputs.txt": "copies what a deploy wrote",
    ".venv/bin/python -m pytest tests/integration": "needs AWS; make integration runs it on a local cloud",
    ".venv/bin/python -m gates.orphans": "needs AWS; tests/unit/gates tests it",
    "gh ": "asks GitHub",
    "test ": "asks GitHub",
}
"""How a step begins that needs AWS or GitHub, and where it is tried instead."""


@dataclass(frozen=True)
class Step:
    """One `run` of a job."""

    workflow: str
    job: str
    script: str
    environment: dict[str, str]

    @property
    def commands(self) -> list[str]:
        """Its lines without those that only prepare or guard something."""
        lines = [line.strip() for line in self.script.strip().splitlines()]
        return [line for line in lines if not re.match(r"(mkdir|: )", line)]

    @property
    def runs_anywhere(self) -> bool:
        """Whether it needs neither AWS nor GitHub."""
        return not any(line.startswith(tuple(ELSEWHERE)) for line in self.commands)


def steps() -> list[Step]:
    """Every `run` of every workflow, in its order."""
    return [
        step
        for path in sorted(FOLDER.glob("*.yml"))
        for step in _of(path.stem, yaml.safe_load(path.read_text()))
    ]


def _of(name: str, workflow: dict[str, Any]) -> list[Step]:
    return [
        Step(name, job, step["run"], {key: _known(str(value)) for key, value in body.get("env", {}).items()})
        for job, body in workflow["jobs"].items()
        for step in body["steps"]
        if "run" in step
    ]


def _known(value: str) -> str:
    """The value for pull request 103; what only GitHub knows is empty."""
    return re.sub(r"\$\{\{.*?\}\}", "", value.replace(NUMBER, "103"))
