"""One population of clients: they share a DNS cache and a retry budget, and ask until they know."""

import asyncio
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus

import aiohttp

from dr.access_token import NoToken
from gameday.load.clients import Backoff, RetryBudget
from gameday.load.credentials import Credentials, Nothing
from gameday.load.records import Attempt, Operation
from gameday.load.requests import Requests
from localcloud.route53.resolver import CachingResolver, ResolutionError

_API_HOST = re.compile(
    r"([a-z0-9]+\.execute-api\.(?P<api>[a-z0-9-]+)|[a-z0-9-]+\.(?P<balancer>[a-z0-9-]+)\.elb)\.amazonaws\.com"
)
_PASSING = {HTTPStatus.UNAUTHORIZED, HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS}
"""Refusals that say nothing about the request: 401 is about a token, and the next one may be good."""


class UnknownHost(ValueError):
    """DNS answered with a host that is no API and no load balancer of a region."""


def region_of(host: str) -> str:
    """The region inside the AWS name of a regional API or of a load balancer. Raises UnknownHost."""
    match = _API_HOST.fullmatch(host.rstrip("."))
    if match is None:
        raise UnknownHost(f"DNS answered {host!r}, which is no API and no balancer of a region")
    return match["api"] or match["balancer"]


@dataclass(slots=True, kw_only=True)
class Population:
    """Clients that find the API by *api_name*; *endpoints* maps a region to the URL that reaches it."""

    api_name: str
    endpoints: Mapping[str, str]
    dns: CachingResolver
    budget: RetryBudget
    deadline_s: float
    requests: Requests
    backoff: Backoff = field(default_factory=Backoff)
    credentials: Credentials = field(default_factory=Nothing)
    keeps_open: bool = False
    """Whether they ask DNS again only when a connection broke, or was ended."""
    _kept: str = field(default="", init=False)
    """Where their open connections lead."""

    async def want(self, http: aiohttp.ClientSession, operation: Operation) -> None:
        """Ask until it is acknowledged, found wrong, or its deadline has passed.

        Every attempt carries the same idempotency key, and is added to the operation.
        """
        give_up = operation.started + self.deadline_s
        while True:
            attempt, retry_after_s = await self._attempt(http, operation)
            operation.attempts.append(attempt)
            if attempt.settled or attempt.accepted or _refused(attempt):
                return
            failures = len(operation.attempts)
            await asyncio.sleep(self.backoff.delay(failures, at_least_s=retry_after_s))
            await self.budget.turn()
            if time.time() >= give_up:
                return

    async def _attempt(self, http: aiohttp.ClientSession, operation: Operation) -> tuple[Attempt, float]:
        """One request, and the seconds its answer asks to wait before the next one."""
        started, target = time.time(), None
        ask = self.requests.ask(operation)
        try:
            host = self._kept or (await self.dns.resolve(self.api_name)).target
            target = region_of(host)
            async with http.request(
                ask.method,
                f"{self.endpoints[target]}{ask.path}",
                json=ask.body,
                headers={
                    **ask.headers,
                    "Host": self.requests.host(self.api_name, host),
                    **await self.credentials.header(),
                },
            ) as answer:
                attempt = await self._answered(operation, answer, started, target)
                stays_open = self.keeps_open and answer.headers.get("Connection") != "close"
                self._kept = host if stays_open else ""
                return attempt, _retry_after_s(answer)
        # TimeoutError is an OSError, malformed JSON a ValueError: all are failures of this attempt.
        except (
            aiohttp.ClientError,
            NoToken,
            ResolutionError,
            OSError,
            ValueError,
            LookupError,
        ) as error:
            name, self._kept = type(error).__name__, ""
            return Attempt(started=started, ended=time.time(), target=target, error=name), 0.0

    async def _answered(
        self, operation: Operation, answer: aiohttp.ClientResponse, started: float, target: str
    ) -> Attempt:
        body = await answer.json(content_type=None)
        told = self.requests.told(operation, body if isinstance(body, dict) else {})
        if answer.status == HTTPStatus.UNAUTHORIZED:
            self.credentials.refused()
        return Attempt(
            started=started,
            ended=time.time(),
            target=target,
            status=answer.status,
            region=answer.headers.get("X-Region"),
            epoch=_number(answer.headers.get("X-Epoch")),
            entry_id=told.entry_id,
            told=told.became,
        )


def _retry_after_s(answer: aiohttp.ClientResponse) -> float:
    return float(_number(answer.headers.get("Retry-After")) or 0)


def _refused(attempt: Attempt) -> bool:
    """Whether asking again cannot help: the request itself was found wrong."""
    status = attempt.status
    return status is not None and 400 <= status < 500 and status not in _PASSING  # noqa: PLR2004


def _number(text: str | None) -> int | None:
    return int(text) if text is not None and text.isdecimal() else None
