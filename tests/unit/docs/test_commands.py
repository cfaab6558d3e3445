"""Every command that README, docs or `make` names is run by a workflow or by a test that is named here."""

import os
import re
import subprocess
from pathlib import Path
from shutil import which

import pytest
from typer.main import get_command

from dr.commands import app

ROOT = Path(__file__).parents[3]
MAKEFILE = (ROOT / "Makefile").read_text()
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
TEXTS = {page.name: page.read_text() for page in PAGES}
WORKFLOWS = [path.read_text() for path in sorted((ROOT / ".github" / "workflows").glob("*.yml"))]

TARGETS = {
    found["target"]: found["needs"].split()
    for found in re.finditer(r"^(?P<target>[a-z-]+):(?P<needs>[^#\n]*)## ", MAKEFILE, re.MULTILINE)
}
RECIPES = {
    found["target"]: found["recipe"]
    for found in re.finditer(r"^(?P<target>[a-z-]+):.*## .*\n(?P<recipe>(?:\t.*\n)*)", MAKEFILE, re.MULTILINE)
}
MODULE = re.compile(r"(?:python|\(VENV\)) -m (?P<module>[a-z_.]+)(?: (?P<command>[a-z]+)(?![\w-]))?")
MODULES = {"bench", "dr", "gameday", "gates", "localcloud", "tests"}

RUN_BY_A_TEST = {
    "bench.fence": "tests/contract/test_bench.py",
    "bench.fleet": "tests/unit/bench/test_fleet.py",
    "bench.handler": "tests/contract/test_bench.py",
    "bench.orders": "tests/contract/test_bench.py",
    "bench.pictures": "tests/browser/test_pictures.py",
    "bench.synth": "tests/contract/test_bench.py",
    "dr evidence": "tests/unit/evidence/test_manifest.py",
    "gameday": "tests/unit/gameday/report/test_screen.py",
    "gameday dependencies": "tests/unit/gameday/report/test_dependencies.py",
    "gameday drill": "tests/unit/gameday/test_series.py",
    "gameday export": "tests/unit/gameday/test_chaos.py",
    "gameday index": "tests/unit/gameday/report/test_index.py",
    "gameday list": "tests/unit/gameday/test_series.py",
    "gameday prove": "tests/unit/gameday/report/test_prove.py",
    "gameday report": "tests/unit/gameday/report/test_index.py",
    "gameday watch": "tests/browser/test_watch.py",
    "gameday.mutants": "tests/unit/gameday/test_mutants.py",
    "gates fork": "tests/gates/test_defects.py",
    "localcloud env": "tests/unit/localcloud/test_commands.py",
    "localcloud.switchover_drill": "tests/unit/localcloud/test_switchover_drill.py",
    "tests.model": "tests/model/test_model.py",
}
"""What the pages name beside `make`, and the test that runs it."""
NEEDS_A_REGISTRY = {
    "image": "tests/unit/dr/image/test_image.py",
    "provider-lock": "tests/unit/gates/test_provider_lock.py",
}
"""Targets that no workflow runs, because they change what is kept; a test runs their program."""
IN_A_DISASTER = {"deploy-region": "tests/unit/dr/delivery/test_delivery.py"}
"""Targets that an operator types while a region is lost; a test runs their program."""


def run_by_workflows() -> set[str]:
    """Targets of `make` in the workflows, with what those need."""
    named: set[str] = set()
    for text in WORKFLOWS:
        for run in re.findall(r"\bmake ([^\n|]+)", text):
            named.update(run.split())
        for listed in re.findall(r"^ +target: \[(.+)\]$", text, re.MULTILINE):
            named.update(listed.replace(",", " ").split())
    waiting = [name for name in named if name in TARGETS]
    reached: set[str] = set()
    while waiting:
        target = waiting.pop()
        reached.add(target)
        waiting += [need for need in TARGETS[target] if need in TARGETS and need not in reached]
    return reached


def whole_is_run(target: str, reached: set[str]) -> bool:
    """Whether all that a target without a recipe stands for is run."""
    return not RECIPES[target] and all(need in reached for need in TARGETS[target])


@pytest.mark.parametrize(
    "target", sorted(TARGETS.keys() - {"help"} - NEEDS_A_REGISTRY.keys() - IN_A_DISASTER.keys())
)
def test_every_target_is_run_by_a_workflow(target) -> None:
    reached = run_by_workflows()
    assert target in reached or whole_is_run(target, reached), f"no workflow runs `make {target}`"


@pytest.mark.parametrize("page", TEXTS)
def test_pages_name_targets_that_exist(page) -> None:
    named = set(re.findall(r"(?:`|^|\| )make ([a-z-]+)", TEXTS[page], re.MULTILINE))
    assert named <= TARGETS.keys()


def test_modules_that_pages_name_are_run_by_a_test() -> None:
    named = {
        " ".join(filter(None, found.groups()))
        for text in TEXTS.values()
        for found in MODULE.finditer(text)
        if found["module"].partition(".")[0] in MODULES
    }
    assert named <= RUN_BY_A_TEST.keys()


def test_modules_of_unattended_targets_are_run_by_a_test() -> None:
    """A weekly run is too late to learn that the benchmark does not start."""
    assert {found["module"] for found in MODULE.finditer(RECIPES["bench"])} <= RUN_BY_A_TEST.keys()


@pytest.mark.parametrize(
    ("command", "test"), [*RUN_BY_A_TEST.items(), *NEEDS_A_REGISTRY.items(), *IN_A_DISASTER.items()]
)
def test_the_test_that_runs_a_command_names_it(command, test) -> None:
    module, _, word = command.partition(" ")
    text = (ROOT / test).read_text()
    assert (word or module.rpartition(".")[2]).replace("-", "_") in text


def test_pages_name_commands_of_dr_that_exist() -> None:
    known = set(get_command(app).commands)
    for page, text in TEXTS.items():
        named = set(re.findall(r"`dr ([a-z][a-z-]*)[ `]", text)) | set(
            re.findall(r"^dr ([a-z][a-z-]*)", text, re.MULTILINE)
        )
        assert named <= known, page


def test_make_alone_prints_every_target() -> None:
    alone = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    done = subprocess.run(
        [which("make")], cwd=ROOT, env=alone, capture_output=True, text=True, timeout=300, check=True
    )
    assert {line.split()[1] for line in done.stdout.splitlines()} == TARGETS.keys()
