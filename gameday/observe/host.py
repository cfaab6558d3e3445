"""How busy this machine is."""

import asyncio
import os
import re
import time
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from gameday.load import tasks
from gameday.observe.host_load import HostLoad

_STEAL = 7
"""Column of `steal` in the cpu line of /proc/stat (man 5 proc_stat), counted from zero."""
_LOOK_S = 5.0
"""How often the kernel itself reckons load averages."""
_WINDOW = 6
"""Looks, half a minute: the pressure of a shorter spell says little."""
_WAITED_US = re.compile(r"some .*total=(\d+)")


class HostMeter:
    """Measures from its creation to `read`; load and pressure are those of its busiest time."""

    def __init__(self, stat: Path = Path("/proc/stat"), pressure: Path = Path("/proc/pressure/cpu")) -> None:
        self._stat = stat
        self._before = self._ticks()
        self._busiest = 0.0
        self._pressure = pressure
        self._waits = deque([self._waited()], maxlen=_WINDOW + 1)
        self._pressed = 0.0

    def look(self) -> None:
        """Note the load average of the last minute, and the pressure of the last half."""
        self._busiest = max(self._busiest, os.getloadavg()[0])
        self._waits.append(self._waited())
        (since, before), (now, after) = self._waits[0], self._waits[-1]
        if len(self._waits) == self._waits.maxlen:
            self._pressed = max(self._pressed, (after - before) / (now - since))

    def read(self) -> HostLoad:
        """The highest load average a core and pressure, and the steal (0 where one is not known)."""
        self.look()
        passed = [now - before for now, before in zip(self._ticks(), self._before, strict=True)]
        total = sum(passed)
        return HostLoad(
            per_core=round(self._busiest / (os.cpu_count() or 1), 2),
            steal=round(passed[_STEAL] / total, 3) if total else 0.0,
            pressure=round(self._pressed, 2),
        )

    def _ticks(self) -> list[int]:
        if not self._stat.exists():  # macOS
            return []
        # user nice system idle iowait irq softirq steal; guest time is part of user already
        return [int(ticks) for ticks in self._stat.read_text().splitlines()[0].split()[1:9]]

    def _waited(self) -> tuple[float, float]:
        """The time, and the seconds in which some process has waited for a processor since the boot."""
        try:
            told = _WAITED_US.match(self._pressure.read_text())
        except OSError:  # macOS has no such file; a kernel started with psi=0 refuses to read it
            told = None
        return time.monotonic(), float(told[1]) / 1e6 if told else 0.0


@asynccontextmanager
async def metered() -> AsyncIterator[HostMeter]:
    """A meter that looks for as long as the context lasts."""
    meter = HostMeter()

    async def look() -> None:
        while True:
            await asyncio.sleep(_LOOK_S)
            meter.look()

    looking = asyncio.create_task(look())
    try:
        yield meter
    finally:
        await tasks.end([looking])
