"""Start, deploy, stop: what `make up`, `make down` and every drill do."""

import fcntl
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

from dr import outputs as deployed
from lib import config
from localcloud import preflight
from localcloud.errors import NotRunning, StartFailed
from localcloud.paths import CLOUD_FILE, LOGS, OUTPUTS, REPOSITORY, STATE, WORK
from localcloud.stacks import Stack, in_order, synthesize, terraform
from localcloud.state import CloudState
from localcloud.terraform import Terraform

Say = Callable[[str], None]

START_WITHIN_S = 60.0
STOP_WITHIN_S = 20.0
DEPLOY_LOCK = STATE / "deploy.lock"
READY_WITHIN_S = 180.0


@dataclass(frozen=True, slots=True)
class Deployment:
    """What the deploy did: stacks in order, managed resources, seconds it took."""

    stacks: list[Stack]
    resources: int
    apply_s: float


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
    say("starting emulated AWS, two PostgreSQL servers and DNS")
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


def deploy(cloud: CloudState, say: Say) -> Deployment:
    """Synthesize and apply every stack with the real provider, and write the flat outputs.

    One deploy at a time: a second one waits, and then finds little to do.
    """
    with _alone(say):
        return _deploy(cloud, say)


@contextmanager
def _alone(say: Say) -> Iterator[None]:
    with DEPLOY_LOCK.open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("another deploy is under way: waiting for its end")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _deploy(cloud: CloudState, say: Say) -> Deployment:
    began = time.monotonic()
    say("synthesizing the stacks")
    stacks = synthesize(WORK)

    def apply(stack: Stack) -> int:
        tool = terraform(stack, cloud.aws_environment(next(iter(cloud.regions))))
        say(f"applying {stack.name}")
        tool.init()
        tool.apply()
        resources = tool.resources()
        say(f"applied {stack.name}: {resources} resources, {time.monotonic() - began:.0f} s")
        return resources

    resources = in_order(stacks, apply)
    deployed.write({stack.name: _tool(cloud, stack).outputs() for stack in stacks}, OUTPUTS)
    return Deployment(stacks, sum(resources.values()), time.monotonic() - began)


def planned_changes(
    cloud: CloudState, stacks: list[Stack], *, refresh: bool = True, but_tags: bool = False
) -> dict[str, int]:
    """How many changes a second plan of each stack would make; all zero right after a deploy."""

    def count(stack: Stack) -> int:
        return _tool(cloud, stack).planned_changes(refresh=refresh, but_tags=but_tags)

    with ThreadPoolExecutor(max_workers=len(stacks)) as pool:
        return {stack.name: changes for stack, changes in zip(stacks, pool.map(count, stacks), strict=True)}


def with_swapped_roles(cloud: CloudState) -> list[Stack]:
    """The stacks as they are when the settings name the other region as the primary, ready to be planned."""
    stacks = synthesize(WORK, output="swapped.out", primary=config.load().standby.name)
    for stack in stacks:
        _tool(cloud, stack).init()
    return stacks


def destroy(cloud: CloudState, say: Say) -> int:
    """Destroy every stack, dependants first; returns how many resources are left."""
    stacks = synthesize(WORK)

    def remove(stack: Stack) -> int:
        tool = _tool(cloud, stack)
        say(f"destroying {stack.name}")
        tool.destroy()
        return tool.resources()

    return sum(in_order(stacks, remove, reverse=True).values())


def _tool(cloud: CloudState, stack: Stack) -> Terraform:
    return terraform(stack, cloud.aws_environment(next(iter(cloud.regions))))


def wait_until_ready(front_doors: Sequence[str], say: Say) -> float:
    """Wait until the region behind one of *front_doors* is ready; returns the seconds it took."""
    say("waiting for the first keeper to take the lease (its schedule ticks once a minute)")
    began = time.monotonic()
    while time.monotonic() - began < READY_WITHIN_S:
        for front_door in front_doors:
            try:
                with urllib.request.urlopen(f"{front_door}/health/ready", timeout=3):
                    return time.monotonic() - began
            except OSError:
                time.sleep(0.25)
    raise StartFailed(
        f"no region was ready after {READY_WITHIN_S:.0f} s",
        "look at .local/logs/emulator.log for the keeper's and the state machine's errors",
    )


def running() -> bool:
    """Whether a local cloud answers."""
    try:
        cloud = CloudState.load()
        with urllib.request.urlopen(f"{cloud.control}/status", timeout=3) as answer:
            return bool(answer.status == HTTPStatus.OK)
    except (NotRunning, OSError):
        return False


def stop(say: Say) -> bool:
    """Stop the local cloud and all its processes; returns whether there was one."""
    try:
        cloud = CloudState.load()
    except NotRunning:
        CLOUD_FILE.unlink(missing_ok=True)
        return False
    try:
        os.kill(cloud.pid, signal.SIGTERM)
    except ProcessLookupError:
        CLOUD_FILE.unlink(missing_ok=True)
        return False
    say("stopping the local cloud")
    deadline = time.monotonic() + STOP_WITHIN_S
    while CLOUD_FILE.exists() and time.monotonic() < deadline:
        time.sleep(0.1)
    if CLOUD_FILE.exists():
        os.kill(cloud.pid, signal.SIGKILL)
        CLOUD_FILE.unlink(missing_ok=True)
    return True
