"""What drills do to all instances of a region at once."""

import asyncio
from dataclasses import dataclass, field

from localcloud.fleet.instances.host import InstanceHost, Running


@dataclass(slots=True)
class FleetRegions:
    """Regions without power, and regions that stand still; used from the host's event loop."""

    host: InstanceHost
    dead: set[str] = field(default_factory=set)
    """Their control planes do nothing, and their instances have no power."""
    stopped: set[str] = field(default_factory=set)
    """Their instances stand still, and nobody replaces them."""

    @property
    def unkept(self) -> set[str]:
        """Where Auto Scaling does nothing."""
        return self.dead | self.stopped

    async def kill(self, region: str) -> int:
        """All instances of the region lose their power, and nobody replaces them; returns how many."""
        self.dead.add(region)
        here = self._running(region)
        for each in here:
            self.host.book.power_off(each.machine.instance.id)
            await asyncio.to_thread(each.machine.power_off)
        return len(here)

    async def stop(self, region: str) -> int:
        """Let all processes of the region's instances stand still; returns how many there are."""
        self.stopped.add(region)
        return sum([await asyncio.to_thread(each.machine.freeze) for each in self._running(region)])

    async def revive(self, region: str) -> None:
        """The region lives again: instances without power boot, others go on where they stood still."""
        for each in self._running(region):
            if region in self.dead:
                each.boots = 0  # the next look at the records boots it
            await asyncio.to_thread(each.machine.thaw)
        self.dead.discard(region)
        self.stopped.discard(region)

    def set_clock(self, region: str, seconds: float) -> None:
        """Let Python's wall clock of every instance there, also of later ones, be *seconds* fast."""
        self.host.fast[region] = seconds
        for each in self._running(region):
            name = each.machine.instance.id
            self.host.clock(name).set(name, seconds)

    def _running(self, region: str) -> list[Running]:
        return [each for each in self.host.running.values() if each.machine.instance.region == region]
