"""One request under way, and what is known of it so far."""

import asyncio
import secrets
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass

from aiohttp import web

from localcloud.fleet.balancer.access_log import ABSENT, NOT_SENT, Entry, line
from localcloud.fleet.balancer.answering import Answer
from localcloud.fleet.balancer.metrics import Served
from localcloud.fleet.balancer.model import Listener, LoadBalancer, TargetGroup, TargetId
from localcloud.fleet.balancer.request import Request
from localcloud.fleet.balancer.rules import ListenerRule


class SlowClient(Exception):
    """The client stopped sending the body of its request."""


@dataclass(slots=True, kw_only=True)
class ProxiedExchange:
    """One request and what is known of it so far."""

    balancer: LoadBalancer
    listener: Listener
    raw: web.BaseRequest
    request: Request
    began: float
    """When it came, in seconds since the epoch."""
    rule: ListenerRule | None = None
    redirected_to: str = ABSENT
    group: TargetGroup | None = None
    target: TargetId | None = None
    zone: str = ""
    trace: str = ABSENT
    target_status: int | None = None
    target_s: float | None = None
    unconnected: bool = False
    received: int = 0
    """Bytes of the body."""
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
                self.received += len(data)
                yield data
        except TimeoutError:
            self.slow = True
            raise SlowClient from None

    def served(self, status: int) -> Served:
        """What metrics count, when the client got *status*."""
        return Served(
            status=status,
            group=self.group.arn if self.group else None,
            zone=self.zone,
            target_status=self.target_status,
            response_s=self.target_s,
            unconnected=self.unconnected,
        )

    def logged(self, status: int, sent: int) -> str:
        """The line of the access log, when the client got *status* and *sent* bytes."""
        entry = Entry(
            request=self.request,
            began=self.began,
            ended=time.time(),
            status=status,
            target=str(self.target) if self.target else ABSENT,
            target_status=self.target_status,
            request_s=0.0 if self.target else NOT_SENT,
            target_s=NOT_SENT if self.target_s is None else self.target_s,
            response_s=NOT_SENT if self.target_s is None else 0.0,
            received=self.request.size + self.received,
            sent=sent,
            tls=self._tls(),
            server_name=self.request.host if self.listener.secure else ABSENT,
            group=self.group.arn if self.group else ABSENT,
            trace=self.trace,
            priority=(self.rule.priority or 0) if self.rule else -1,
            action=self.rule.action if self.rule else None,
            redirected_to=self.redirected_to,
        )
        return line(entry, self.balancer, self.listener)

    def _tls(self) -> tuple[str, str]:
        cipher = self.raw.transport.get_extra_info("cipher") if self.raw.transport else None
        return (cipher[0], cipher[1]) if cipher else (ABSENT, ABSENT)

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
