"""Runs a drill of a system that people visit; judging its record is done elsewhere."""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from gameday.errors import NotSteady, ObservationFailed
from gameday.load import tasks
from gameday.load.browser import CannotSignIn
from gameday.load.visitors import Visitors
from gameday.load.visits import Entry, Visit, written_by
from gameday.observe.history import Fault, Mark
from gameday.observe.host import metered
from gameday.observe.web import WebLook, WebRecord
from gameday.plan.web import WebScenario, WebStep
from gameday.report.progress import Progress
from gameday.targets.visited import VisitedWorld

WHOLE_WITHIN_S = 240.0
SETTLE_S = 20.0
"""How long an entry may take to reach the replica, which is read: many times what the replica is behind."""
_LOOK_S, _SAY_S = 1.0, 15.0
_DEEDS_END_S = 5.0


@dataclass(slots=True)
class Looks:
    """What observers saw so far."""

    seen: list[WebLook]
    missed: int = 0
    """How many looks failed."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What observers and visitors saw so far."""

    looks: Looks
    visits: Sequence[Visit]


async def run_drill(world: VisitedWorld, scenario: WebScenario, progress: Progress, *, run: str) -> WebRecord:
    """Run *scenario* against *world*. Raises NotSteady, FaultRefused when there can be no record."""
    await _until_whole(world, progress)
    visitors = Visitors(
        run=run,
        name=world.name,
        resolver=world.resolver,
        plan=scenario.load,
        password=world.state.user_password,
    )
    progress.say(f"load: {scenario.load.rate:g} visits a second, nobody asks twice")
    async with _looking(world) as looks, metered() as meter:
        async with _let_in(visitors):
            steady_since = time.time()
            await asyncio.sleep(scenario.steady_s)
            visitors.surge = scenario.surge
            marks = [await _apply(world, scenario.steps[0], progress)]
            ended = await _follow(world, scenario, marks, Seen(looks, visitors.visits), progress)
            until = time.time()
        host = meter.read()
    progress.say("the load has ended; entries are counted")
    entries = await counted_entries(world, visitors.visits)
    actions = await asyncio.to_thread(world.actions, marks[0].at)
    return WebRecord(
        run=run,
        fault=_fault(world, marks),
        visits=visitors.visits,
        looks=looks.seen,
        missed=looks.missed,
        entries=frozenset(entries),
        actions=actions,
        host=host,
        steady_since=steady_since,
        until=until,
        ended=ended,
    )


@asynccontextmanager
async def _let_in(visitors: Visitors) -> AsyncIterator[None]:
    """Visitors come while the body runs. Raises NotSteady when nobody can sign in."""
    try:
        async with visitors.coming():
            yield
    except CannotSignIn as error:
        raise NotSteady(str(error)) from error


async def counted_entries(world: VisitedWorld, visits: Sequence[Visit]) -> set[Entry]:
    """All entries, once those that somebody wrote had their time to reach the replica.

    Raises NotSteady when they cannot be read.
    """
    written, deadline = written_by(visits).keys(), time.monotonic() + SETTLE_S
    while True:
        try:
            found = await asyncio.to_thread(world.entries)
        except ObservationFailed as error:
            raise NotSteady(str(error)) from error
        if written <= found or time.monotonic() > deadline:
            return found
        await asyncio.sleep(_LOOK_S)


async def _until_whole(world: VisitedWorld, progress: Progress) -> None:
    """Wait until as many instances serve as should, and none is to be moved. Raises NotSteady."""
    deadline, why = time.monotonic() + WHOLE_WITHIN_S, "nothing was seen"
    progress.say("waiting until every instance serves")
    while time.monotonic() < deadline:
        try:
            look = await asyncio.to_thread(world.look)
        except ObservationFailed as error:
            why = str(error)
        else:
            why = f"{len(look.healthy)} of {look.desired} are healthy" + (
                "" if look.balanced else ", and Auto Scaling moves some to other zones"
            )
            if look.whole and look.balanced and look.version and not look.refresh.endswith("Progress"):
                return
        await asyncio.sleep(_LOOK_S)
    raise NotSteady(f"not every instance serves after {WHOLE_WITHIN_S:.0f} s: {why}")


@asynccontextmanager
async def _looking(world: VisitedWorld) -> AsyncIterator[Looks]:
    """A look a second while the body runs."""
    looks = Looks([])

    async def look() -> None:
        while True:
            begun = time.monotonic()
            try:
                looks.seen.append(await asyncio.to_thread(world.look))
            except ObservationFailed:
                looks.missed += 1
            await asyncio.sleep(max(0.1, _LOOK_S - (time.monotonic() - begun)))

    looking = asyncio.create_task(look())
    try:
        yield looks
    finally:
        await tasks.end([looking])


async def _apply(world: VisitedWorld, step: WebStep, progress: Progress) -> Mark:
    at = time.time()
    what = await asyncio.to_thread(step.action, world)
    progress.say(f"[bold red]fault[/bold red]: {what}")
    return Mark(at=at, done_at=time.time(), what=what)


async def _follow(
    world: VisitedWorld,
    scenario: WebScenario,
    marks: list[Mark],
    seen: Seen,
    progress: Progress,
) -> bool:
    """Look on until what was to come has come, or for too long; do the later steps at their times."""
    at, left, said = marks[0].at, list(scenario.steps[1:]), 0.0
    while (passed := time.time() - at) < scenario.at_most_s:
        if left and passed >= left[0].after_s:
            marks.append(await _apply(world, left.pop(0), progress))
        since = [look for look in seen.looks.seen if look.at > at]
        if passed >= scenario.at_least_s and not left and since and scenario.ended(since):
            await asyncio.sleep(_DEEDS_END_S)
            return True
        if passed - said >= _SAY_S:
            said = passed
            progress.say(_told(seen.looks.seen, seen.visits))
        await asyncio.sleep(0.5)
    return False


def _told(looks: Sequence[WebLook], visits: Sequence[Visit]) -> str:
    last = looks[-1]
    recent = [visit for visit in visits if visit.ended > time.time() - _SAY_S]
    failed = sum(not visit.answered for visit in recent)
    parts = [
        f"{len(recent)} visits, {failed} failed",
        f"{len(last.in_service)} of {last.desired} in service, {len(last.healthy)} healthy",
        *([f"refresh {last.refresh}"] if last.refresh else []),
        *([f"{len(last.ringing)} alarms"] if last.ringing else []),
    ]
    return " · ".join(parts)


def _fault(world: VisitedWorld, marks: Sequence[Mark]) -> Fault:
    """Nobody takes over from another region: its application is where it was."""
    first = marks[0]
    return Fault(
        at=first.at,
        done_at=first.done_at,
        region=world.region,
        survivor=world.region,
        other=world.other,
        marks=tuple(marks),
    )
