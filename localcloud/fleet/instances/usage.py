"""How much processor time processes and their groups used so far."""

import os
import subprocess
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

_STAT = Path("/proc/self/stat")


class Used(NamedTuple):
    """Processor time of a process and of its children that ended."""

    process: int
    group: int
    seconds: float


def seconds_by_group(groups: Iterable[int]) -> dict[int, float]:
    """Seconds of processor time of the living processes of each of *groups*."""
    wanted = frozenset(groups)
    total: dict[int, float] = dict.fromkeys(wanted, 0.0)
    for used in _rows():
        if used.group in wanted:
            total[used.group] += used.seconds
    return total


def seconds_of(process: int) -> float:
    """Seconds of processor time of one process; 0 when it has ended."""
    return sum(used.seconds for used in _rows() if used.process == process)


def _rows() -> Iterable[Used]:
    return _proc_rows() if _STAT.exists() else _ps_rows()


def _proc_rows() -> Iterable[Used]:
    tick = os.sysconf("SC_CLK_TCK")
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with suppress(FileNotFoundError, ProcessLookupError):  # it ended while we looked
                # after "pid (name)": state ppid pgrp ..., from the twelfth on utime stime cutime cstime
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
                # of children that ended, too: a shell that runs many short programs is busy
                yield Used(int(entry.name), int(fields[2]), sum(map(int, fields[11:15])) / tick)


def _ps_rows() -> Iterable[Used]:
    """The same where there is no /proc (macOS)."""
    listing = subprocess.run(
        ["/bin/ps", "-axo", "pid=,pgid=,time="], capture_output=True, text=True, check=True, timeout=5
    )
    for line in listing.stdout.splitlines():
        process, group, clock = line.split()[:3]
        seconds = 0.0
        for part in clock.replace("-", ":").split(":"):
            seconds = seconds * 60 + float(part)
        yield Used(int(process), int(group), seconds)
