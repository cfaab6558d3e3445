"""Children of the local cloud: start them so that none survives us, kill whole trees."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

_PR_SET_PDEATHSIG = 1  # linux/prctl.h
_DEAD_WITHIN_S = 5.0
_LIBC = ctypes.CDLL(None, use_errno=True)  # loaded here: a child between fork and exec must not
# Linux ties "dies with its parent" to the *thread* that forked, and a thread of asyncio.to_thread's
# pool may end early. This one lives as long as the process.
_NURSERY = ThreadPoolExecutor(max_workers=1, thread_name_prefix="nursery")


@dataclass(frozen=True, slots=True)
class Account:
    """A user of the operating system that a child runs as."""

    name: str
    uid: int
    gid: int


def die_with_parent() -> None:
    """`preexec_fn` of a child that the kernel kills when the thread that started it ends.

    Linux only; elsewhere it does nothing and a child can outlive a parent that is killed.
    """
    if not sys.platform.startswith("linux"):
        return
    if _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_PDEATHSIG) failed")
    if os.getppid() == 1:  # the parent died before the call above: nobody would tell us
        os.kill(os.getpid(), signal.SIGKILL)


def spawn(
    command: Sequence[str | Path],
    *,
    log: Path,
    cwd: Path,
    env: Mapping[str, str],
    account: Account | None = None,
    pass_fds: Sequence[int] = (),
) -> subprocess.Popen[bytes]:
    """Start *command* in a session of its own, its output appended to *log*; it dies with us."""

    def start() -> subprocess.Popen[bytes]:
        with log.open("ab") as output:
            return subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=cwd,
                env=env,
                pass_fds=pass_fds,
                start_new_session=True,
                preexec_fn=die_with_parent,
                user=account.uid if account else None,
                group=account.gid if account else None,
                extra_groups=[] if account else None,
            )

    return _NURSERY.submit(start).result()


def run(
    command: Sequence[str | Path],
    *,
    account: Account | None,
    cwd: Path = Path("/"),
    env: Mapping[str, str] | None = None,
    timeout_s: float = 10.0,
    stdin: IO[str] | None = None,
) -> subprocess.CompletedProcess[str]:
    """Run *command* to its end; its standard error is part of its output.

    Raises OSError when it cannot be executed and subprocess.TimeoutExpired.
    """
    return subprocess.run(
        command,
        stdin=stdin or subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=timeout_s,
        cwd=cwd,
        env=env if env is not None else {"PATH": os.defpath, "LC_ALL": "C"},
        user=account.uid if account else None,
        group=account.gid if account else None,
        extra_groups=[] if account else None,
    )


def stop(process: subprocess.Popen[bytes], request: signal.Signals, *, patience_s: float) -> None:
    """Ask *process* to end with the signal *request*; kill its tree when it has not after *patience_s*."""
    if process.poll() is not None:
        return
    process.send_signal(request)
    try:
        process.wait(patience_s)
    except subprocess.TimeoutExpired:
        kill_tree(process.pid)
        process.wait(_DEAD_WITHIN_S)


def kill_tree(*roots: int) -> frozenset[int]:
    """Kill the processes *roots* and all below them with SIGKILL; return their ids once they are gone.

    All are frozen first, again and again until the tree stands still, so that none forks, flushes or
    answers while the others die. Sessions and process groups do not matter. Zombies count as gone.
    """
    frozen = freeze_tree(*roots)
    _signal(frozen, signal.SIGKILL)
    wait_until(
        f"the end of {sorted(frozen)}", lambda: not frozen & _parents().keys(), timeout_s=_DEAD_WITHIN_S
    )
    return frozen


def freeze_tree(*roots: int) -> frozenset[int]:
    """Stop the processes *roots* and all below them with SIGSTOP; return their ids."""
    frozen: set[int] = set()
    while fresh := _trees(roots) - frozen:
        _signal(fresh, signal.SIGSTOP)
        frozen |= fresh
    return frozenset(frozen)


def thaw_tree(*roots: int) -> frozenset[int]:
    """Let the processes *roots* and all below them go on with SIGCONT; return their ids."""
    _signal(frozen := _trees(roots), signal.SIGCONT)
    return frozenset(frozen)


def wait_until(what: str, ready: Callable[[], bool], *, timeout_s: float) -> None:
    """Poll *ready* until it is true. Raises TimeoutError that names *what* after *timeout_s* seconds."""
    began = time.monotonic()
    while not ready():
        if time.monotonic() - began > timeout_s:
            raise TimeoutError(f"waited {timeout_s:g} s in vain for {what}")
        time.sleep(0.02)


def _trees(roots: Iterable[int]) -> set[int]:
    found = (parents := _parents()).keys() & roots
    while below := {pid for pid, parent in parents.items() if parent in found} - found:
        found |= below
    return found


def _signal(pids: Iterable[int], number: signal.Signals) -> None:
    for pid in pids:
        with suppress(ProcessLookupError):  # it ended by itself: what we wanted
            os.kill(pid, number)


def _parents() -> dict[int, int]:
    """The parent of every process of this machine that is not a zombie."""
    rows = _proc_rows() if Path("/proc/self/stat").exists() else _ps_rows()
    return {pid: parent for pid, parent, state in rows if not state.startswith("Z")}


def _proc_rows() -> Iterable[tuple[int, int, str]]:
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with suppress(FileNotFoundError, ProcessLookupError):  # it ended while we looked
                # "pid (name) state ppid ...", and the name may hold spaces and brackets
                state, parent = (entry / "stat").read_text().rpartition(")")[2].split()[:2]
                yield int(entry.name), int(parent), state


def _ps_rows() -> Iterable[tuple[int, int, str]]:
    """The same where there is no /proc (macOS)."""
    command = ["/bin/ps", "-axo", "pid=,ppid=,stat="]
    listing = subprocess.run(command, capture_output=True, text=True, check=True, timeout=5)
    for pid, parent, state in (line.split()[:3] for line in listing.stdout.splitlines()):
        yield int(pid), int(parent), state
