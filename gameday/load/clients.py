"""How a well-behaved client of the API behaves: staggered DNS, backoff, retry budget."""

import asyncio
import random
import time
from collections import deque
from dataclasses import dataclass, replace

from localcloud.route53.resolver import DnsAnswer, Resolves


class Staggered:
    """A resolver whose first answer lives only for a share of its TTL.

    Below the caches of several client populations it keeps them from all asking at one moment.
    """

    def __init__(self, resolver: Resolves, share: float) -> None:
        self._resolver = resolver
        self._share = share

    async def resolve(self, name: str) -> DnsAnswer:
        """The resolver's answer; the first one with its TTL cut to the share, at least one second."""
        answer = await self._resolver.resolve(name)
        share, self._share = self._share, 1.0
        return replace(answer, ttl=max(1, int(answer.ttl * share)))


class Stale:
    """A resolver whose answers are kept for at least *keep_s* seconds, whatever their TTL says."""

    def __init__(self, resolver: Resolves, keep_s: float) -> None:
        self._resolver = resolver
        self._keep_s = keep_s

    async def resolve(self, name: str) -> DnsAnswer:
        """The resolver's answer, with a TTL of at least *keep_s*."""
        answer = await self._resolver.resolve(name)
        return replace(answer, ttl=max(answer.ttl, int(self._keep_s)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Backoff:
    """Exponential backoff with equal jitter, in seconds: half of the step is sure, half is chance."""

    first_s: float = 0.2
    longest_s: float = 5.0

    def delay(self, failures: int, *, at_least_s: float = 0.0) -> float:
        """How long to wait after *failures* failures in a row; *at_least_s* is a Retry-After."""
        step = min(self.longest_s, self.first_s * 2.0 ** min(failures - 1, 30))
        jittered = step / 2 + random.uniform(0, step / 2)  # noqa: S311 (spread, not secrecy)
        return max(jittered, at_least_s)


class RetryBudget:
    """A ceiling on retries a second, first come first served: an outage must not end in a storm.

    Clients without a budget turn a backlog into overload at the very moment the service returns
    (https://sre.google/sre-book/handling-overload/).
    """

    _TICK_S = 0.05

    def __init__(self, rate: float) -> None:
        self.rate = rate
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._credit = 1.0

    @property
    def waiting(self) -> int:
        """Retries that wait for their turn."""
        return len(self._waiting)

    async def turn(self) -> None:
        """Wait for this retry's turn."""
        waiter = asyncio.get_running_loop().create_future()
        self._waiting.append(waiter)
        await waiter

    async def run(self) -> None:
        """Hand out turns until cancelled."""
        last = time.monotonic()
        while True:
            await asyncio.sleep(self._TICK_S)
            now = time.monotonic()
            # At most a second's worth is saved up, so a quiet hour does not buy a burst.
            self._credit = min(max(1.0, self.rate), self._credit + (now - last) * self.rate)
            last = now
            while self._waiting and self._credit >= 1:
                waiter = self._waiting.popleft()
                if not waiter.done():
                    waiter.set_result(None)
                    self._credit -= 1
