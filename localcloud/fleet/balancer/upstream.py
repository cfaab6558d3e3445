"""The way from a balancer to a target: one request, and how it can fail.

UpstreamError
├── Unconnected       refused, or nobody was there for ten seconds
├── Silent            no answer within the idle timeout
└── Broken            the target hung up, or what it said is no HTTP
"""

import asyncio
from collections.abc import AsyncIterable, AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
from multidict import CIMultiDict
from yarl import URL

from localcloud.fleet.balancer.refusals import BAD_GATEWAY, SILENT_TARGET
from localcloud.fleet.balancer.request import Headers
from localcloud.fleet.ports import LOOPBACK, Endpoint

CONNECT_WITHIN_S = 10.0
"""https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html"""
KEPT_FOR_S = 60.0
"""How long an idle connection to a target is kept for the next request."""
_SET_BY_NOBODY = ("User-Agent", "Accept", "Accept-Encoding", "Content-Type")


class UpstreamError(Exception):
    """The target did not answer; *status* is what the client gets."""

    def __init__(self, status: int, said: str) -> None:
        super().__init__(said)
        self.status = status


class Unconnected(UpstreamError):
    """There was no connection."""


class Silent(UpstreamError):
    """There was no answer in time."""


class Broken(UpstreamError):
    """There was a connection, and it ended, or carried something that is no HTTP."""


async def _once(request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType) -> aiohttp.ClientResponse:
    """Never send a request twice: the library does when a connection that it kept turns out to be closed."""
    try:
        return await handler(request)
    except aiohttp.ClientConnectorError:
        raise
    except (aiohttp.ServerDisconnectedError, aiohttp.ClientOSError) as error:
        raise Broken(BAD_GATEWAY, str(error)) from error


class Upstream:
    """Connections to targets, kept and shared by all balancers. To be made in the event loop that uses it.

    Args:
        connect_within_s: How long nobody may be there.
    """

    def __init__(self, *, connect_within_s: float = CONNECT_WITHIN_S) -> None:
        self._connect_within_s = connect_within_s
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=KEPT_FOR_S, ssl=False),
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            skip_auto_headers=_SET_BY_NOBODY,
            middlewares=(_once,),
        )

    async def close(self) -> None:
        """End all connections."""
        await self._session.close()

    @asynccontextmanager
    async def asked(
        self,
        endpoint: Endpoint,
        *,
        protocol: str,
        method: str,
        target: str,
        headers: Headers,
        body: AsyncIterable[bytes] | None,
        idle_s: float,
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        """The target's answer, whose body is not read yet. Raises UpstreamError, also while it is read."""
        if endpoint.dark:
            await asyncio.sleep(self._connect_within_s)
            raise Unconnected(SILENT_TARGET, "nobody answers there")
        url = URL(f"{protocol.lower()}://{LOOPBACK}:{endpoint.port}{target}", encoded=True)
        timeout = aiohttp.ClientTimeout(total=None, sock_connect=self._connect_within_s, sock_read=idle_s)
        try:
            async with self._session.request(
                method,
                url,
                headers=CIMultiDict(headers),
                data=body,
                allow_redirects=False,
                timeout=timeout,
            ) as answer:
                yield answer
        except aiohttp.ConnectionTimeoutError as error:
            raise Unconnected(SILENT_TARGET, str(error)) from error
        except aiohttp.ClientConnectorError as error:
            raise Unconnected(BAD_GATEWAY, str(error)) from error
        except aiohttp.ServerTimeoutError as error:
            raise Silent(SILENT_TARGET, str(error)) from error
        except (aiohttp.ClientError, ValueError) as error:
            raise Broken(BAD_GATEWAY, str(error)) from error
