"""The processes that functions run in."""
# ruff: noqa: SLF001 - a patch changes what upstream keeps to itself

import os
import signal
import threading
import time
from collections.abc import Mapping
from typing import Any

from ministack.core import lambda_runtime
from ministack.services import lambda_svc

from localcloud.emulator.fifo_lock import Line
from localcloud.emulator.patches.wrapping import Wrapper, wrap
from localcloud.emulator.regions import RegionStates

POOL_LIMIT = max(4, 4 * (os.cpu_count() or 1))
"""Most processes of one function in one region."""
RECHECK_S = 0.02
PATIENCE_S = 0.2
"""How long an invocation waits for a busy process to come free before it asks for another one."""
QUEUE_S = 8.0
"""How long it waits in all before it is throttled; below the 10 s timeout of an API's function."""

_END_WITH_THE_SERVER = """
import os, signal, threading, time
def _watch_parent(parent=os.getppid()):
    while os.getppid() == parent:
        time.sleep(0.5)
    os.kill(os.getpid(), signal.SIGKILL)
threading.Thread(target=_watch_parent, daemon=True).start()
"""


class RegionDeadError(Exception):
    """A process was asked for in a dead region."""


def region_of(config: Mapping[str, Any]) -> str:
    """The region in the ARN of a function's configuration."""
    return str(config["FunctionArn"]).split(":")[3]


def point_at_own_region(ports: Mapping[str, int]) -> None:
    """Give each function the AWS endpoint of its own region.

    Upstream has one endpoint for all, so nobody could tell where a call comes from. The credentials are
    added to a process's environment last, so an endpoint beside them wins over any other.
    """

    def credentials(original: Wrapper, config: dict[str, Any]) -> dict[str, str]:
        endpoint = f"http://127.0.0.1:{ports[region_of(config)]}"
        return {**original(config), "AWS_ENDPOINT_URL": endpoint}

    wrap(lambda_runtime, "execution_credentials", credentials)
    lambda_svc.execution_credentials = lambda_runtime.execution_credentials


def end_with_the_server() -> None:
    """Kill a process when the emulator is gone, even in the middle of an invocation.

    Upstream's processes end when their stdin does, but they look at it between invocations only.
    PR_SET_PDEATHSIG does not help: it fires when the *thread* that started the process ends.
    """
    script = lambda_runtime._PYTHON_WORKER_SCRIPT
    lambda_runtime._PYTHON_WORKER_SCRIPT = _END_WITH_THE_SERVER + script


def bound_the_pools(limit: int = POOL_LIMIT) -> None:
    """Let a burst wait for processes instead of starting one each.

    AWS starts an execution environment for every concurrent invocation, on other people's processors.
    Upstream does the same here: 50 requests/s on a cold function start 60 processes that starve each
    other into timeouts. So an invocation first waits a moment for a busy process, which a warm one
    gives back in milliseconds; then the pool grows, one start at a time, up to *limit*; then the
    invocation queues, first come first served, and at last it is throttled. A function that invokes itself
    is throttled too.
    """
    freed = threading.Condition()
    lines: dict[str, Line] = {}

    def release(original: Wrapper, worker: Any) -> None:
        original(worker)
        with freed:
            freed.notify_all()

    def acquire(
        original: Wrapper, name: str, config: dict[str, Any], code: bytes, qualifier: str = "$LATEST"
    ) -> tuple[Any, str]:
        key = lambda_runtime._worker_key(name, config, qualifier)
        began = time.monotonic()
        with lines.setdefault(key, Line()).turn(QUEUE_S):
            while True:
                waited = time.monotonic() - began
                ceiling = _ceiling(lambda_runtime._workers.get(key, []), waited, limit)
                leased: tuple[Any, str] = original(name, config, code, qualifier, ceiling)
                if leased[0] or waited >= QUEUE_S:
                    return leased
                with freed:
                    freed.wait(RECHECK_S)

    wrap(lambda_runtime, "release_worker", release)
    wrap(lambda_runtime, "acquire_worker", acquire)
    lambda_svc.release_worker = lambda_runtime.release_worker
    lambda_svc.acquire_worker = lambda_runtime.acquire_worker


def _ceiling(pool: list[Any], waited: float, limit: int) -> int:
    """How many processes the function may have, for an invocation that *waited* seconds."""
    starting = any(worker._start_time is None for worker in pool)
    if pool and (starting or waited < PATIENCE_S):
        return len(pool)
    return min(limit, len(pool) + 1)


def stay_dead(regions: RegionStates) -> None:
    """Start no process in a dead or stopped region, not even one that was on its way when it died."""

    def spawn(original: Wrapper, worker: Any) -> None:
        region = region_of(worker.config)
        if regions.runs(region):
            original(worker)
        if not regions.runs(region):
            kill(worker)
            raise RegionDeadError(f"{worker.func_name}: {region} is {regions.state(region)}")

    wrap(lambda_runtime.Worker, "_spawn", spawn)


def kill_all(region: str) -> int:
    """SIGKILL every process of *region*; returns how many there were."""
    with lambda_runtime._lock:
        keys = [key for key in lambda_runtime._workers if key.split(":")[1] == region]
        doomed = [worker for key in keys for worker in lambda_runtime._workers.pop(key)]
    killed = sum(kill(worker) for worker in doomed)
    lambda_runtime.kill_workers(doomed)
    return killed


def signal_all(region: str, number: signal.Signals) -> int:
    """Send *number* (SIGSTOP or SIGCONT) to every process of *region*; returns how many there are."""
    with lambda_runtime._lock:
        keys = [key for key in lambda_runtime._workers if key.split(":")[1] == region]
        workers = [worker for key in keys for worker in lambda_runtime._workers[key]]
    living = [worker._proc for worker in workers if worker._proc and worker._proc.poll() is None]
    for process in living:
        process.send_signal(number)
    return len(living)


def kill(worker: Any) -> bool:
    """SIGKILL the process of *worker*; returns whether there was one."""
    process = worker._proc
    if process is None or process.poll() is not None:
        return False
    process.kill()
    process.wait()
    return True
