"""Waits for the state that a scenario starts from."""

import asyncio
import time

from gameday.errors import NotSteady
from gameday.observe.history import History
from gameday.observe.observers import Pace, observing
from gameday.observe.target import World
from gameday.plan.scenario import Precondition
from gameday.report.progress import Progress

_LOOK_S = 0.25


async def wait_until_given(world: World, precondition: Precondition, progress: Progress) -> None:
    """Wait until the primary is ready, DNS names it and automation runs. Raises NotSteady."""
    progress.say(f"waiting until {world.primary} is ready and DNS names it")
    seen, deadline = History(), time.monotonic() + precondition.within_s
    async with observing(world, seen, Pace(slow_s=0.5)):
        while not _as_given(seen, world.primary):
            if time.monotonic() > deadline:
                why = f"; last failure: {seen.missed[-1].why}" if seen.missed else ""
                raise NotSteady(
                    f"{world.primary} was not ready, DNS did not name it, or automation was paused (dr ack), "
                    f"for {precondition.within_s:.0f} s{why}"
                )
            await asyncio.sleep(_LOOK_S)


def _as_given(seen: History, primary: str) -> bool:
    ready = [look.ready for look in seen.readiness if look.region == primary]
    return bool(
        ready
        and ready[-1]
        and seen.dns
        and seen.dns[-1].region == primary
        and seen.leases
        and seen.leases[-1].holder == primary
        and seen.leases[-1].automatic
    )
