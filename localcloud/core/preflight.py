"""What must be there before the local cloud is started, each miss one clear line."""

import shutil
from pathlib import Path

from lib.systems.load import load_any
from localcloud.core.errors import LocalCloudError, MissingTool
from localcloud.core.paths import EMULATOR_PYTHON, STATE
from localcloud.core.toolchain import find_binary

NEEDED_BYTES = 2 * 1024**3
"""The provider (0.7 GB in each of four working folders is linked, not copied), PostgreSQL and logs."""


def check(state: Path = STATE, emulator: Path = EMULATOR_PYTHON) -> None:
    """Raise LocalCloudError for the first thing that is missing, SettingsError for bad settings."""
    load_any()
    find_binary()
    if shutil.which("node") is None:
        raise MissingTool("node is not on PATH", "install Node.js 18 or newer: CDKTF synthesizes through it")
    if not emulator.exists():
        raise MissingTool("the emulator is not installed", "run: make setup")
    state.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(state).free
    if free < NEEDED_BYTES:
        raise LocalCloudError(
            f"{free / 1024**3:.1f} GiB are free at {state}, {NEEDED_BYTES / 1024**3:.0f} GiB are needed",
            "free some space, or clone the repository to another disk",
        )
