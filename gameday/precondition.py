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
        while _lacking(seen, world.primary):
            if time.monotonic() > deadline:
                raise NotSteady(
                    f"after {precondition.within_s:.0f} s {world.primary} does not serve: "
                    + "; ".join([*_lacking(seen, world.primary), *(one.why for one in seen.missed[-1:])])
                )
            await asyncio.sleep(_LOOK_S)


def _lacking(seen: History, primary: str) -> list[str]:
    """What is not as it was wanted at the last looks."""
    asked = [look for look in seen.readiness if look.region == primary]
    named, leases = seen.dns[-1:], seen.leases[-1:]
    lacking = []
    if not asked:
        lacking.append("nobody asked it yet")
    elif not asked[-1].ready:
        lacking.append(f"it is not ready ({asked[-1].reason})")
    if [look.region for look in named] != [primary]:
        lacking.append(f"DNS names {named[0].region if named else 'nobody'}")
    if [look.holder for look in leases] != [primary]:
        lacking.append(f"the lease is held by {leases[0].holder if leases else 'nobody'}")
    if not all(look.automatic for look in leases):
        lacking.append("automation is paused (dr ack)")
    return lacking
