"""What drills do to instances."""

import asyncio
import signal
from dataclasses import dataclass, field
from typing import Any

from localcloud.fleet.instances.host import InstanceHost, Running

SLICE_S = 0.1
"""A slow instance runs for its share of every so many seconds and stands still for the rest."""


@dataclass(slots=True)
class InstanceFaults:
    """Faults of single instances and of zones, until `heal`; used from the host's event loop."""

    host: InstanceHost
    frozen: set[str] = field(default_factory=set)
    cut_zones: set[str] = field(default_factory=set)
    slow: dict[str, asyncio.Task[None]] = field(default_factory=dict)

    async def kill(self, name: str) -> int:
        """The instance loses its power, and EC2 notices: it is terminated. Nobody answers at its ports."""
        here = self._machine(name)
        self.host.book.power_off(name)
        await asyncio.to_thread(here.machine.power_off)
        region = here.machine.instance.region
        await asyncio.to_thread(self.host.records.set_instance, region, name, state="terminated")
        return 1

    async def kill_application(self, name: str, *, for_good: bool) -> int:
        """Kill all processes but the first; its ports refuse until a unit is started again."""
        return await asyncio.to_thread(self._machine(name).machine.kill_application, for_good=for_good)

    async def freeze(self, name: str) -> int:
        """Let all processes of the instance stand still."""
        self.frozen.add(name)
        return await asyncio.to_thread(self._machine(name).machine.freeze)

    async def fill_disk(self, name: str) -> int:
        """Let no process of the instance write to files any more."""
        return await asyncio.to_thread(self._machine(name).machine.fill_disk)

    def set_clock(self, name: str, seconds: float) -> int:
        """Let Python's wall clock of the instance be *seconds* fast."""
        self._machine(name)
        self.host.clock(name).set(name, seconds)
        return 1

    def slow_down(self, name: str, share: float) -> int:
        """Let the instance run for *share* of the time only; 1 ends it. Raises ValueError."""
        if not 0.01 <= share <= 1:  # noqa: PLR2004 - a share
            raise ValueError(f"share must be within 0.01 and 1, got {share}")
        here = self._machine(name)
        if task := self.slow.pop(name, None):
            task.cancel()
        if share < 1:
            self.slow[name] = asyncio.create_task(_by_slices(here, share))
        return 1

    async def kill_zone(self, zone: str) -> int:
        """All instances of the zone lose their power, and nobody says so: health checks find out."""
        here = await self.cut_zone(zone)
        for each in here:
            await asyncio.to_thread(each.machine.power_off)
        return len(here)

    async def cut_zone(self, zone: str) -> list[Running]:
        """Nobody reaches the zone's instances any more; returns those that run there."""
        self.cut_zones.add(zone)
        self.host.book.cut_zone(zone, cut=True)
        return [each for each in self.host.running.values() if each.machine.instance.zone == zone]

    async def heal(self) -> None:
        """End every fault; what has no power any more boots again."""
        for zone in self.cut_zones:
            self.host.book.cut_zone(zone, cut=False)
        for name in list(self.slow):
            self.slow.pop(name).cancel()
        for name, here in list(self.host.running.items()):
            await asyncio.to_thread(here.machine.thaw)
            self.host.clock(name).set(name, 0.0)
            if here.machine.pid is None and here.machine.instance.state == "running":
                here.boots = 0  # the next look at the records boots it
        self.frozen.clear()
        self.cut_zones.clear()

    def told(self) -> dict[str, Any]:
        """What goes on, for status."""
        return {"frozen": sorted(self.frozen), "slow": sorted(self.slow), "zones": sorted(self.cut_zones)}

    def _machine(self, name: str) -> Running:
        if name not in self.host.running:
            raise ValueError(f"{name} is none of {sorted(self.host.running)}")
        return self.host.running[name]


async def _by_slices(here: Running, share: float) -> None:
    try:
        while here.machine.pid is not None:
            here.machine.signal(signal.SIGSTOP)
            await asyncio.sleep(SLICE_S * (1 - share))
            here.machine.signal(signal.SIGCONT)
            await asyncio.sleep(SLICE_S * share)
    finally:
        here.machine.signal(signal.SIGCONT)
