"""How busy this machine is."""

import os
from pathlib import Path

from gameday.validity import HostLoad

_STEAL = 7
"""Column of `steal` in the cpu line of /proc/stat (man 5 proc_stat), counted from zero."""


class HostMeter:
    """Measures the load from its creation to `read`."""

    def __init__(self, stat: Path = Path("/proc/stat")) -> None:
        self._stat = stat
        self._before = self._ticks()

    def read(self) -> HostLoad:
        """The load average a core now, and the steal since the creation (0 where not known)."""
        passed = [now - before for now, before in zip(self._ticks(), self._before, strict=True)]
        total = sum(passed)
        return HostLoad(
            per_core=round(os.getloadavg()[0] / (os.cpu_count() or 1), 2),
            steal=round(passed[_STEAL] / total, 3) if total else 0.0,
        )

    def _ticks(self) -> list[int]:
        if not self._stat.exists():  # macOS
            return []
        # user nice system idle iowait irq softirq steal; guest time is part of user already
        return [int(ticks) for ticks in self._stat.read_text().splitlines()[0].split()[1:9]]
