"""What the fleet of the web application carries, and what that costs: run it after `make up SYSTEM=webapp`.

    SYSTEM=webapp python -m bench.fleet [--rate 100] [--seconds 30]

The visitors of drills come on schedule, one in ten writes, nobody asks twice. A visit takes from the moment
at which it was due until its last byte, so a fleet that falls behind is told as slow. Processor time is that
of the process that is balancer, groups, Route 53 and their clocks; the emulator of AWS, databases, instances
and the visitors are processes of their own on the same cores.

At a rate that the machine cannot carry visits are slow or get an error. No entry that somebody was told to
have written may be missing then either, and none may be there twice.

Exit codes are those of a drill: 0 met, 1 missed, 3 missed on a machine that was overloaded, which says
nothing of the fleet. A lost or doubled entry is a miss on any machine.
"""

import argparse
import asyncio
import statistics
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from gameday.judge.validity import Limits, excuses, overloaded
from gameday.load.visitors import Visitors, VisitPlan
from gameday.load.visits import Entry, Visit, written_by
from gameday.observe.host import metered
from gameday.observe.host_load import HostLoad
from gameday.series import Code
from gameday.targets.visited import VisitedWorld
from gameday.visited_systems import WEBAPP
from gameday.web_drill import counted_entries
from localcloud.fleet.instances.usage import seconds_of

MOST_P99_MS = 50.0
MOST_SHARE = 0.15
"""Of one core."""
IDLE_S = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """One measurement."""

    visits: Sequence[Visit]
    entries: frozenset[Entry]
    """All that are on the board afterwards."""
    idle: float
    """Share of a core that the fleet uses while nobody comes."""
    busy: float
    host: HostLoad

    @property
    def failed(self) -> Counter[str]:
        """Visits without a good answer, by status or error."""
        return Counter(str(visit.status or visit.error) for visit in self.visits if not visit.good)

    @property
    def percentiles_ms(self) -> list[float]:
        """Percentiles 1 to 99 of what a visit took."""
        return statistics.quantiles(((visit.ended - visit.due) * 1e3 for visit in self.visits), n=100)

    @property
    def lost(self) -> int:
        """Entries that somebody was told to have written, and that are not there."""
        return len(written_by(self.visits).keys() - self.entries)

    @property
    def doubled(self) -> int:
        """Entries of these visitors that are there more often than once."""
        sent = {visit.text for visit in self.visits if visit.write}
        times = Counter(text for _, text in self.entries if text in sent)
        return sum(count - 1 for count in times.values())

    @property
    def code(self) -> Code:
        """How the measurement ended."""
        if self.lost or self.doubled:
            return Code.MISSED
        if not self.failed and self.percentiles_ms[98] <= MOST_P99_MS and self.busy <= MOST_SHARE:
            return Code.MET
        return Code.INVALID if self.excuses else Code.MISSED

    @property
    def excuses(self) -> list[str]:
        """Why a miss says nothing of the fleet."""
        limits = Limits(steady_requests=0)
        return [*overloaded(self.host, limits), *excuses(self.host, limits)]

    def __str__(self) -> str:
        cuts, failed = self.percentiles_ms, self.failed
        told = ", ".join(f"{count} x {why}" for why, count in failed.most_common()) or "none"
        return (
            f"visits    {len(self.visits)}, failed: {told}\n"
            f"took      p50 {cuts[49]:.1f} ms, p99 {cuts[98]:.1f} ms (bar: {MOST_P99_MS:.0f})\n"
            f"entries   {self.lost} lost, {self.doubled} doubled\n"
            f"the fleet {self.busy:.1%} of a core (bar: {MOST_SHARE:.0%}), idle {self.idle:.1%}\n"
            f"machine   load {self.host.per_core:.1f} a core, pressure {self.host.pressure:.2f}\n"
        )


async def measure(world: VisitedWorld, *, rate: float, seconds: float, idle_s: float = IDLE_S) -> Carried:
    """Let visitors come. Raises CannotSignIn, or NotSteady when the entries cannot be read afterwards."""
    visitors = Visitors(
        run=f"bench-{time.time():.0f}",
        name=world.name,
        resolver=world.resolver,
        plan=VisitPlan(rate=rate),
        password=world.state.user_password,
    )
    async with metered() as meter:
        idle = await _share(world.state.pid, idle_s)
        async with visitors.coming():
            busy = await _share(world.state.pid, seconds)
        host = meter.read()
    entries = await counted_entries(world, visitors.visits)
    return Carried(visits=visitors.visits, entries=frozenset(entries), idle=idle, busy=busy, host=host)


async def _share(process: int, seconds: float) -> float:
    """Share of a core that *process* uses in the next *seconds*."""
    began, used = time.monotonic(), seconds_of(process)
    await asyncio.sleep(seconds)
    return (seconds_of(process) - used) / (time.monotonic() - began)


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(prog="bench.fleet", description="What the fleet carries.")
    parser.add_argument("--rate", type=float, default=100.0, help="visits a second (100)")
    parser.add_argument("--seconds", type=float, default=30.0, help="of load (30)")
    given = parser.parse_args()
    found = asyncio.run(measure(WEBAPP.world(), rate=given.rate, seconds=given.seconds))
    sys.stdout.write(str(found))
    if found.code is not Code.MET:
        sys.stdout.writelines(f"{why}\n" for why in found.excuses)
    raise SystemExit(found.code)


if __name__ == "__main__":
    main()
