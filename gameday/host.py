"""How busy this machine is."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from gameday import tasks
from gameday.validity import HostLoad

_STEAL = 7
"""Column of `steal` in the cpu line of /proc/stat (man 5 proc_stat), counted from zero."""
_LOOK_S = 5.0
"""How often the kernel itself reckons load averages."""


class HostMeter:
    """Measures from its creation to `read`; the load average is that of the busiest `look`."""

    def __init__(self, stat: Path = Path("/proc/stat")) -> None:
        self._stat = stat
        self._before = self._ticks()
        self._busiest = 0.0

    def look(self) -> None:
        """Note the load average of the last minute."""
        self._busiest = max(self._busiest, os.getloadavg()[0])

    def read(self) -> HostLoad:
        """The highest load average a core, and the steal since the creation (0 where not known)."""
        self.look()
        passed = [now - before for now, before in zip(self._ticks(), self._before, strict=True)]
        total = sum(passed)
        return HostLoad(
            per_core=round(self._busiest / (os.cpu_count() or 1), 2),
            steal=round(passed[_STEAL] / total, 3) if total else 0.0,
        )

    def _ticks(self) -> list[int]:
        if not self._stat.exists():  # macOS
            return []
        # user nice system idle iowait irq softirq steal; guest time is part of user already
        return [int(ticks) for ticks in self._stat.read_text().splitlines()[0].split()[1:9]]


@asynccontextmanager
async def metered() -> AsyncIterator[HostMeter]:
    """A meter that looks for as long as the context lasts."""
    meter = HostMeter()

    async def look() -> None:
        while True:
            meter.look()
            await asyncio.sleep(_LOOK_S)

    looking = asyncio.create_task(look())
    try:
        yield meter
    finally:
        await tasks.end([looking])
