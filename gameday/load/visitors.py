"""Open-model load on the web application: visits come on schedule, and nobody asks twice."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import aiohttp

from gameday.load import tasks
from gameday.load.browser import Browser, Person
from gameday.load.visits import Visit
from localcloud.route53.resolver import CachingResolver, Resolves

_KEEPALIVE_S = 30.0
"""Shorter than the balancer's idle timeout: no request is sent on a connection that is being closed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitPlan:
    """How many, and how patient."""

    rate: float = 20.0
    """Visits a second."""
    one_write_in: int = 10
    populations: int = 4
    """Groups of visitors that share a DNS cache."""
    timeout_s: float = 15.0


class Visitors:
    """All visitors of one drill. `visits` grows while it runs."""

    def __init__(self, *, run: str, name: str, resolver: Resolves, plan: VisitPlan, password: str) -> None:
        self.visits: list[Visit] = []
        self.surge = 1.0
        """What the rate of the plan is multiplied by, from now on."""
        self._run, self._plan, self._password = run, plan, password
        self._pending: set[asyncio.Task[None]] = set()
        self._browsers = [Browser(name=name, dns=CachingResolver(resolver)) for _ in range(plan.populations)]

    @asynccontextmanager
    async def coming(self) -> AsyncIterator[None]:
        """They come while the body runs; then those who wait still get their answers."""
        connector = aiohttp.TCPConnector(limit=0, keepalive_timeout=_KEEPALIVE_S)
        timeout = aiohttp.ClientTimeout(total=self._plan.timeout_s)
        jar = aiohttp.DummyCookieJar()
        async with aiohttp.ClientSession(connector=connector, timeout=timeout, cookie_jar=jar) as http:
            person = await self._browsers[0].sign_in(http, self._password)
            arrivals = asyncio.create_task(self._arrive(http, person))
            try:
                yield
            finally:
                await tasks.end([arrivals])
                if self._pending:
                    await asyncio.wait(self._pending, timeout=self._plan.timeout_s)
                await tasks.end(self._pending)

    async def _arrive(self, http: aiohttp.ClientSession, person: Person) -> None:
        due, number = time.time(), 0
        while True:
            await asyncio.sleep(max(0.0, due - time.time()))
            task = asyncio.create_task(self._come(http, person, number, due))
            self._pending.add(task)
            task.add_done_callback(self._ended)
            due, number = due + 1 / (self._plan.rate * self.surge), number + 1

    async def _come(self, http: aiohttp.ClientSession, person: Person, number: int, due: float) -> None:
        browser = self._browsers[number % len(self._browsers)]
        if number % self._plan.one_write_in:
            visit = await browser.read(http, due)
        else:
            visit = await browser.write(http, due, person, f"{self._run} {number}")
        self.visits.append(visit)

    def _ended(self, task: asyncio.Task[None]) -> None:
        """Forget a visit's task; one that crashed stays, so that the end of the load raises it."""
        if task.cancelled() or task.exception() is None:
            self._pending.discard(task)
