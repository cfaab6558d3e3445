"""Start, look, stop: the processes of the local cloud."""

import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from http import HTTPStatus
from pathlib import Path

from localcloud.core import preflight
from localcloud.core.errors import NotRunning, StartFailed
from localcloud.core.paths import CLOUD_FILE, LOGS, REPOSITORY, WORK
from localcloud.core.state import CloudState

Say = Callable[[str], None]

START_WITHIN_S = 180.0
"""With the fetch of a server of MySQL, the first time."""
STOP_WITHIN_S = 20.0
READY_WITHIN_S = 180.0


def start(say: Say, *, attached: bool = False, time_scale: float = 1.0) -> CloudState:
    """Start the local cloud, or return the one that runs already.

    An *attached* cloud ends with this process, however that ends; any other stays until `down`.
    """
    preflight.check()
    if running():
        say("the local cloud is running already")
        return CloudState.load()
    LOGS.mkdir(parents=True, exist_ok=True)
    CLOUD_FILE.unlink(missing_ok=True)
    if WORK.exists():
        shutil.rmtree(WORK)  # states of a cloud that is gone
    log = LOGS / "supervisor.log"
    command = [sys.executable, "-m", "localcloud", "serve", "--time-scale", str(time_scale)]
    with log.open("w") as stream:
        process = subprocess.Popen(
            [*command, "--attached"] if attached else command,
            cwd=REPOSITORY,
            stdin=subprocess.PIPE if attached else subprocess.DEVNULL,
            stdout=stream,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    say("starting emulated AWS, two database servers and DNS")
    _wait_until_started(process, log)
    return CloudState.load()


def _wait_until_started(process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_WITHIN_S
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise StartFailed(log.read_text().strip()[-2000:], f"the whole log is {log}")
        if CLOUD_FILE.exists():
            return
        time.sleep(0.1)
    process.terminate()
    raise StartFailed(f"the local cloud was not up after {START_WITHIN_S:.0f} s", f"its log is {log}")


def wait_until_ready(front_doors: Sequence[str]) -> float:
    """Wait until what is behind one of *front_doors* is ready; returns the seconds it took."""
    began = time.monotonic()
    while time.monotonic() - began < READY_WITHIN_S:
        for front_door in front_doors:
            try:
                with urllib.request.urlopen(f"{front_door}/health/ready", timeout=3):
                    return time.monotonic() - began
            except OSError:
                time.sleep(0.25)
    raise StartFailed(
        f"nothing was ready after {READY_WITHIN_S:.0f} s",
        f"look at {LOGS} for the errors of functions and instances",
    )


def running() -> bool:
    """Whether a local cloud answers."""
    try:
        cloud = CloudState.load()
        with urllib.request.urlopen(f"{cloud.control}/status", timeout=3) as answer:
            return bool(answer.status == HTTPStatus.OK)
    except (NotRunning, OSError):
        return False


def stop(say: Say, file: Path = CLOUD_FILE) -> bool:
    """Stop the local cloud that *file* tells of, with all its processes; returns whether there was one."""
    try:
        cloud = CloudState.load(file)
    except NotRunning:
        file.unlink(missing_ok=True)
        return False
    try:
        os.kill(cloud.pid, signal.SIGTERM)
    except ProcessLookupError:
        file.unlink(missing_ok=True)
        return False
    say(f"stopping the local cloud of {cloud.system}")
    deadline = time.monotonic() + STOP_WITHIN_S
    while file.exists() and time.monotonic() < deadline:
        time.sleep(0.1)
    if file.exists():
        os.kill(cloud.pid, signal.SIGKILL)
        file.unlink(missing_ok=True)
    return True
