"""Light pollers that write what they see into a History while a drill runs."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from http import HTTPStatus

import aiohttp

from gameday.errors import ObservationFailed
from gameday.load import tasks
from gameday.load.population import region_of
from gameday.observe.history import DnsSeen, History, Missed, ReadySeen, Seen, WriterSeen
from gameday.observe.target import World
from localcloud.route53.resolver import ResolutionError

_PROBE_TIMEOUT_S = 2.5
_REASON = 200
"""Characters that are kept of what a region says."""


@dataclass(slots=True, kw_only=True)
class Pace:
    """Seconds between two observations of one thing.

    The machine is shared with the system under test: look slowly until the fault, and closely
    while the system recovers. A request to /health/ready costs a function invocation, a DNS
    question nearly nothing.
    """

    slow_s: float = 1.0
    close_s: float = 0.1
    probe_s: float = 0.3
    close: bool = False

    def look_s(self) -> float:
        """For cheap observations."""
        return self.close_s if self.close else self.slow_s

    def ask_s(self) -> float:
        """For observations that run code in the system under test."""
        return self.probe_s if self.close else self.slow_s


@asynccontextmanager
async def observing(world: World, history: History, pace: Pace) -> AsyncIterator[None]:
    """Fill *history* while the body runs."""
    timeout = aiohttp.ClientTimeout(total=_PROBE_TIMEOUT_S)
    async with aiohttp.ClientSession(timeout=timeout) as http:

        async def writer() -> Seen:
            region = await world.writer()
            return WriterSeen(at=time.time(), region=region)

        async def dns() -> Seen:
            answer = await world.resolver.resolve(world.api_name)
            return DnsSeen(at=time.time(), region=region_of(answer.target))

        def ready(region: str) -> Callable[[], Awaitable[Seen]]:
            return lambda: _ready(http, world.endpoints[region], region)

        looks: list[tuple[str, Callable[[], Awaitable[Seen]], Callable[[], float]]] = [
            ("lease", world.lease, pace.look_s),
            ("writer", writer, pace.ask_s),
            ("dns", dns, pace.look_s),
            *((f"ready {region}", ready(region), pace.ask_s) for region in world.endpoints),
        ]
        polls = [asyncio.create_task(_poll(history, *look)) for look in looks]
        try:
            yield
        finally:
            await tasks.end(polls)


async def _poll(
    history: History,
    what: str,
    look: Callable[[], Awaitable[Seen]],
    interval_s: Callable[[], float],
) -> None:
    while True:
        begin = time.monotonic()
        try:
            history.add(await look())
        except (ObservationFailed, ResolutionError, OSError, ValueError) as error:
            history.add(Missed(at=time.time(), what=what, why=f"{type(error).__name__}: {error}"))
        await asyncio.sleep(max(0.02, interval_s() - (time.monotonic() - begin)))


async def _ready(http: aiohttp.ClientSession, endpoint: str, region: str) -> ReadySeen:
    """Ready only when the region says so: no answer is an answer, too."""
    try:
        async with http.get(f"{endpoint}/health/ready") as answer:
            ready = answer.status == HTTPStatus.OK
            reason = "" if ready else (await answer.text())[:_REASON]
    except (aiohttp.ClientError, OSError) as error:
        ready, reason = False, type(error).__name__
    return ReadySeen(at=time.time(), region=region, ready=ready, reason=reason)
