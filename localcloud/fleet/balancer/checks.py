"""One health check of one target."""

import asyncio
from collections.abc import Callable

import aiohttp
from yarl import URL

from localcloud.fleet.balancer.health import Outcome, Reason
from localcloud.fleet.balancer.model import HealthCheck, TargetId
from localcloud.fleet.ports import LOOPBACK, Endpoint

AGENT = "ELB-HealthChecker/2.0"
Locate = Callable[[TargetId, int | None], Endpoint]


class Checker:
    """Asks targets for their health. To be made in the event loop that uses it."""

    def __init__(self, locate: Locate) -> None:
        self._locate = locate
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0, force_close=True, ssl=False),
            headers={"User-Agent": AGENT},
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
        )

    async def close(self) -> None:
        """End all checks."""
        await self._session.close()

    async def ask(self, target: TargetId, check: HealthCheck) -> Outcome:
        """What a check sees now; whatever goes wrong on the way is its outcome."""
        endpoint = self._locate(target, check.port)
        if endpoint.dark:
            await asyncio.sleep(check.timeout_s)
            return Outcome(Reason.TIMEOUT)
        url = URL(f"{check.protocol.lower()}://{LOOPBACK}:{endpoint.port}{check.path}", encoded=True)
        timeout = aiohttp.ClientTimeout(total=check.timeout_s)
        try:
            async with self._session.get(url, allow_redirects=False, timeout=timeout) as answer:
                passed = check.passes(answer.status)
                return Outcome(None if passed else Reason.MISMATCH, answer.status)
        except TimeoutError:
            return Outcome(Reason.TIMEOUT)
        except (aiohttp.ClientError, ValueError):
            return Outcome(Reason.FAILED)
