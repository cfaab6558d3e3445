"""How much processor time process groups used so far."""

import os
import subprocess
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

_STAT = Path("/proc/self/stat")


def seconds_by_group(groups: Iterable[int]) -> dict[int, float]:
    """Seconds of processor time of the living processes of each of *groups*."""
    wanted = frozenset(groups)
    total: dict[int, float] = dict.fromkeys(wanted, 0.0)
    for group, seconds in _proc_rows() if _STAT.exists() else _ps_rows():
        if group in wanted:
            total[group] += seconds
    return total


def _proc_rows() -> Iterable[tuple[int, float]]:
    tick = os.sysconf("SC_CLK_TCK")
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with suppress(FileNotFoundError, ProcessLookupError):  # it ended while we looked
                # after "pid (name)": state ppid pgrp ..., from the twelfth on utime stime cutime cstime
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
                # of children that ended, too: a shell that runs many short programs is busy
                yield int(fields[2]), sum(map(int, fields[11:15])) / tick


def _ps_rows() -> Iterable[tuple[int, float]]:
    """The same where there is no /proc (macOS)."""
    listing = subprocess.run(
        ["/bin/ps", "-axo", "pgid=,time="], capture_output=True, text=True, check=True, timeout=5
    )
    for line in listing.stdout.splitlines():
        group, clock = line.split()[:2]
        seconds = 0.0
        for part in clock.replace("-", ":").split(":"):
            seconds = seconds * 60 + float(part)
        yield int(group), seconds
