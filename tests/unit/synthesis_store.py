"""Synthesis once: whatever has the same settings, code and packages has the same stacks.

A file that needs no stacks pays nothing for CDKTF; one that does mostly reads what another has synthesized.
Coverage of lib must see the code run, so with it nothing outlives the run: workers share, runs do not.
"""

import fcntl
import hashlib
import importlib
import os
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from lib.bundle import Bundle
from lib.settings.common import CommonSettings

ROOT = Path(__file__).resolve().parents[2]
STORE = ROOT / ".local" / "synthesized"
INPUTS = (
    *("lib/**/*.py", "lib/**/*.html", "main.py", "config/**/*", "Pipfile.lock"),
    *("apps/**/*.*", "lambda/runtime/**/*.py"),  # what instances run is packed with the stacks
    "lambda/failover/*.py",  # rules and steps, of which alarms and the state machine are made
)
KEPT_S = 24 * 60 * 60


def synthesize(settings: CommonSettings, bundle: Bundle, folder: Path) -> None:
    """All stacks of *settings* into *folder*."""
    kept = _shelf() / _key(settings, bundle)
    with _alone(kept.with_suffix(".lock")):
        if not kept.exists():
            shutil.rmtree(draft := kept.with_suffix(".draft"), ignore_errors=True)
            importlib.import_module("main").synthesize(settings, bundle, draft)
            draft.rename(kept)
    shutil.copytree(kept, folder, dirs_exist_ok=True)


def _key(settings: CommonSettings, bundle: Bundle) -> str:
    told = f"{_code()} {bundle.path.name} {bundle.sha256} {settings.model_dump_json()}"
    return hashlib.sha256(told.encode()).hexdigest()[:32]


@cache
def _code() -> str:
    digest = hashlib.sha256()
    for path in sorted(path for pattern in INPUTS for path in ROOT.glob(pattern) if path.is_file()):
        digest.update(f"{path.relative_to(ROOT)} {path.stat().st_size}\n".encode() + path.read_bytes())
    return digest.hexdigest()


@cache
def _shelf() -> Path:
    """Where this run keeps stacks, with what is too old thrown away."""
    STORE.mkdir(parents=True, exist_ok=True)
    shelf = STORE / (f"run-{_run()}" if _measured() else "kept")
    for folder in [*STORE.glob("run-*/"), *STORE.glob("kept/*/")]:
        if time.time() - folder.stat().st_mtime > KEPT_S:
            shutil.rmtree(folder, ignore_errors=True)
    shelf.mkdir(exist_ok=True)
    return shelf


def _run() -> str:
    return os.environ.get("PYTEST_XDIST_TESTRUNUID", f"{os.getpid()}-{time.time_ns()}")


def _measured() -> bool:
    coverage = sys.modules.get("coverage")
    running = coverage and coverage.Coverage.current()
    return bool(running) and "lib" in running.get_option("run:source")


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
