"""Writes each defect into a copy of the repository and runs the tests that must fail."""

import importlib
import os
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby
from pathlib import Path
from typing import NoReturn

import pytest

from tests.defects.defect import ROOT, Defect

LEFT_OUT = shutil.ignore_patterns(
    ".*", "__pycache__", "node_modules", "cdktf.out", "runs", "cfn-outputs", "mutants"
)
LIMIT_S = 180
PASSED, FAILED, BROKE = 0, 1, 3
"""What pytest exits with. Anything else means that the tests could not even be collected."""
OURS = {
    "apps",
    "bench",
    "budget",
    "dr",
    "evidence",
    "failover",
    "lib",
    "localcloud",
    "main",
    "payments",
    "remediation",
    "runtime",
    "tests",
}
"""What a fork imports anew, from the copy."""
STACKS = ("tests/unit/lib", "tests/unit/policy")
WARM = ("aws_lambda_powertools.metrics", "boto3", "fastjsonschema", "moto.dynamodb.models", "pg8000.native")
"""What many tests import and no defect is in. Not CDKTF: its kernel is a process that no fork may share."""


class Verdict(StrEnum):
    CAUGHT = "caught"
    MISSED = "MISSED"
    BROKEN = "BROKEN"


@dataclass(frozen=True, slots=True)
class Outcome:
    what: str
    verdict: Verdict
    took_s: float
    said: str


@contextmanager
def copied() -> Iterator[Path]:
    """The repository in a temporary folder."""
    for name in WARM:
        importlib.import_module(name)
    with tempfile.TemporaryDirectory(prefix="defects-") as folder:
        copy = Path(folder) / "repository"
        shutil.copytree(ROOT, copy, ignore=LEFT_OUT)
        yield copy


def check(defect: Defect, copy: Path) -> Outcome:
    """Whether the tests of the defect fail with it. The copy is as before afterwards."""
    file = copy / defect.file
    sound = file.read_text()
    file.write_text(defect.written_into(sound))
    try:
        return _outcome(defect.what, defect.tests, copy)
    finally:
        file.write_text(sound)


def sound(defects: list[Defect], copy: Path) -> list[Outcome]:
    """What the tests say without a defect, a folder at a time: one that fails anyway catches nothing."""
    tests = sorted({test for defect in defects for test in defect.tests})
    folders = groupby(tests, key=lambda test: str(Path(test).parent))
    return [_outcome(f"sound: {folder}", tuple(group), copy) for folder, group in folders]


def _outcome(what: str, tests: tuple[str, ...], copy: Path) -> Outcome:
    began = time.monotonic()
    code, said = _pytest(tests, copy)
    verdict = {PASSED: Verdict.MISSED, FAILED: Verdict.CAUGHT}.get(code, Verdict.BROKEN)
    return Outcome(what, verdict, time.monotonic() - began, said)


def _pytest(tests: tuple[str, ...], copy: Path) -> tuple[int, str]:
    """Exit code and output of pytest in a fork of this process, which has the libraries loaded already."""
    with tempfile.TemporaryFile() as output:
        process = os.fork()
        if process == 0:
            _become(output.fileno(), tests, copy)
        _, status = os.waitpid(process, 0)
        output.seek(0)
        return os.waitstatus_to_exitcode(status), output.read().decode()


def _become(output: int, tests: tuple[str, ...], copy: Path) -> NoReturn:
    """Run pytest on the copy. Never returns: what would follow belongs to the parent."""
    code = BROKE
    try:
        signal.alarm(LIMIT_S)
        os.dup2(output, 1)
        os.dup2(output, 2)
        os.chdir(copy)
        for name in [name for name in sys.modules if name.split(".")[0] in OURS]:
            del sys.modules[name]
        sys.path[:] = [str(copy), str(copy / "lambda"), *(path for path in sys.path if not _ours(path))]
        os.environ["PYTHONPATH"] = f"{copy}{os.pathsep}{copy / 'lambda'}"
        sys.dont_write_bytecode = True
        code = pytest.main(["-x", "-q", "-p", "no:cacheprovider", "--tb=short", *_conftests(tests), *tests])
    except BaseException:
        traceback.print_exc()
        raise
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _conftests(tests: tuple[str, ...]) -> list[str]:
    """Only tests of the stacks need the conftest of all, which starts CDKTF's kernel."""
    packages = {"/".join(Path(test).parts[:3]) for test in tests}
    package = packages.pop()
    return [] if packages or package.startswith(STACKS) else [f"--confcutdir={package}"]


def _ours(path: str) -> bool:
    return Path(path or ".").resolve().is_relative_to(ROOT) and "site-packages" not in path
