"""Open-model load: requests arrive on schedule, whether or not earlier ones were answered."""

import asyncio
import math
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

import aiohttp

from gameday.load import tasks
from gameday.load.clients import RetryBudget, Staggered, Stale
from gameday.load.credentials import Credentials
from gameday.load.population import Population
from gameday.load.records import Operation
from gameday.load.requests import Requests
from localcloud.route53.resolver import CachingResolver, Resolves

# Shorter than any server's own limit, so that no request is sent on a connection being closed.
_KEEPALIVE_S = 2.0
_SHARED_ANEW_S = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadPlan:
    """How much load, from whom, and how patient."""

    rate: float = 20.0
    """Requests that arrive a second, without those that follow on an answer. Twice as many payments, with
    their retries, are all that two cores can answer which run both regions: then a queue is measured and not
    the recovery."""
    ramp_s: float = 4.0
    """Seconds in which the rate grows from nothing, so that functions start one after the other."""
    populations: int = 8
    """Groups of clients that share a DNS cache and a retry budget."""
    retry_ratio: float = 0.5
    """Retries allowed a second, as a share of the arrivals a second."""
    stale_populations: int = 0
    """How many populations keep addresses for *stale_s*, whatever their TTL says."""
    stale_s: float = 0.0
    kept_open: int = 0
    """How many populations, the last ones, ask DNS again only when a connection breaks."""
    request_timeout_s: float = 3.0
    deadline_s: float = 120.0
    """A request is given up this long after it arrived."""

    def due_s(self, number: int) -> float:
        """Seconds from the begin of the load to the arrival of request *number*."""
        in_ramp = self.rate * self.ramp_s / 2
        if number < in_ramp:
            return math.sqrt(2 * number * self.ramp_s / self.rate)
        return self.ramp_s + (number - in_ramp) / self.rate


class Load:
    """All clients of one drill. `operations` grows while it runs; read it at any time."""

    def __init__(
        self,
        *,
        run: str,
        api_name: str,
        endpoints: Mapping[str, str],
        resolver: Resolves,
        plan: LoadPlan,
        requests: Requests,
        credentials: Credentials,
    ) -> None:
        self.operations: list[Operation] = []
        self._run = run
        self._plan = plan
        self._requests = requests
        self._pending: set[asyncio.Task[None]] = set()
        self._populations = [
            Population(
                api_name=api_name,
                endpoints=endpoints,
                requests=requests,
                keeps_open=number >= plan.populations - plan.kept_open,
                dns=CachingResolver(
                    Staggered(_as_kept(resolver, plan, number), (number + 1) / plan.populations)
                ),
                budget=RetryBudget(plan.rate * plan.retry_ratio / plan.populations),
                deadline_s=plan.deadline_s,
                credentials=credentials,
            )
            for number in range(plan.populations)
        ]

    @property
    def pending(self) -> int:
        """Requests that wait for an answer or for their next attempt."""
        return len(self._pending)

    @asynccontextmanager
    async def arriving(self) -> AsyncIterator[None]:
        """Requests arrive while the body runs; on leaving, whatever is unanswered is dropped."""
        connector = aiohttp.TCPConnector(limit=0, keepalive_timeout=_KEEPALIVE_S)
        timeout = aiohttp.ClientTimeout(total=self._plan.request_timeout_s)
        async with aiohttp.ClientSession(connector=connector, timeout=timeout) as http:
            self._arrivals = asyncio.create_task(self._arrive(http))
            budgets = [asyncio.create_task(group.budget.run()) for group in self._populations]
            try:
                yield
            finally:
                await tasks.end([self._arrivals])
                await tasks.end([*budgets, *self._pending])

    async def drain(self, within_s: float) -> None:
        """Stop arrivals; populations with a backlog share twice the usual rate, for *within_s* at most."""
        self._arrivals.cancel()
        capacity = 2 * self._plan.rate
        end = time.monotonic() + within_s
        while self._pending and time.monotonic() < end:
            behind = [group.budget for group in self._populations if group.budget.waiting]
            for budget in behind:
                budget.rate = capacity / len(behind)
            await asyncio.wait(self._pending, timeout=min(_SHARED_ANEW_S, end - time.monotonic()))

    async def _arrive(self, http: aiohttp.ClientSession) -> None:
        begin, number = time.time(), 0
        while True:
            due = begin + self._plan.due_s(number)
            await asyncio.sleep(max(0.0, due - time.time()))
            self._begin(http, self._requests.new(self._run, number, due), number)
            number += 1

    def _begin(self, http: aiohttp.ClientSession, operation: Operation, number: int) -> None:
        self.operations.append(operation)
        task = asyncio.create_task(self._want(http, operation, number))
        self._pending.add(task)
        task.add_done_callback(self._ended)

    async def _want(self, http: aiohttp.ClientSession, operation: Operation, number: int) -> None:
        """Ask for it, and begin what the client wants next."""
        await self._populations[number % len(self._populations)].want(http, operation)
        if operation.acknowledgements or operation.only_accepted:
            for following in self._requests.next(operation):
                self._begin(http, following, number)

    def _ended(self, task: asyncio.Task[None]) -> None:
        """Forget a task; one that crashed stays, so that the end of the load raises it."""
        if task.cancelled() or task.exception() is None:
            self._pending.discard(task)


def _as_kept(resolver: Resolves, plan: LoadPlan, number: int) -> Resolves:
    return Stale(resolver, plan.stale_s) if number < plan.stale_populations else resolver


def lateness_p99_s(operations: Sequence[Operation]) -> float:
    """99th percentile of how late requests started against their schedule, in seconds."""
    late = sorted(operation.started - operation.due for operation in operations)
    return late[min(len(late) - 1, int(len(late) * 0.99))] if late else 0.0
