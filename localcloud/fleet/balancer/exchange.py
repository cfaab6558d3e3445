"""One request under way, and what is known of it so far."""

import asyncio
import secrets
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from aiohttp import web

from localcloud.fleet.balancer.access_log import Entry
from localcloud.fleet.balancer.answering import Answer
from localcloud.fleet.balancer.metrics import Served
from localcloud.fleet.balancer.model import Listener, LoadBalancer, TargetGroup
from localcloud.fleet.balancer.request import Request


class SlowClient(Exception):
    """The client stopped sending the body of its request."""


@dataclass(slots=True, kw_only=True)
class Exchange:
    """One request and what is known of it so far."""

    balancer: LoadBalancer
    listener: Listener
    raw: web.BaseRequest
    request: Request
    entry: Entry
    served: Served = field(default_factory=lambda: Served(status=500))
    group: TargetGroup | None = None
    slow: bool = False
    """The client stopped sending."""
    begun: Answer | None = None
    """The answer whose first bytes are sent, when there may be more to come."""
    connected_s: float = 0.0
    """For how long the client has had its connection."""

    async def body(self) -> AsyncIterator[bytes]:
        """The request's body as it comes. Raises SlowClient after the idle timeout without a byte."""
        if self.request.value("expect").lower() == "100-continue" and self.raw.transport:
            self.raw.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        try:
            while True:
                async with asyncio.timeout(self.balancer.idle_s):
                    data = await self.raw.content.readany()
                if not data:
                    return
                yield data
        except TimeoutError:
            self.slow = True
            raise SlowClient from None

    def end_in_time(self, answer: Answer) -> None:
        """Close the connection with this answer when the client has had it for long enough."""
        if self.connected_s >= self.balancer.client_keep_alive_s:
            answer.force_close()


def request_of(raw: web.BaseRequest) -> Request:
    """The request as the rules see it."""
    path, _, query = raw.raw_path.partition("?")
    peer = raw.transport.get_extra_info("peername") if raw.transport else None
    return Request(
        method=raw.method,
        path=path,
        query=query,
        headers=tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in raw.raw_headers),
        client=peer[0] if peer else "127.0.0.1",
        client_port=peer[1] if peer else 0,
        version=f"HTTP/{raw.version.major}.{raw.version.minor}",
    )


def new_root() -> str:
    """A new id for X-Amzn-Trace-Id."""
    return f"1-{int(time.time()):08x}-{secrets.token_hex(12)}"
