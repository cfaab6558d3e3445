"""The client side of DNS: one question, and a population of clients with a cache.

ResolutionError
├── NameNotFoundError   the server says that there is no such name
└── NoAnswerError       no usable response: refused, silent, or without a target
"""

import asyncio
import secrets
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from dnslib import QTYPE, RCODE, RR, DNSError, DNSRecord

from localcloud.route53.records import dns_name

TIMEOUT_S = 1.0
ATTEMPTS = 3


class ResolutionError(Exception):
    """A name could not be resolved."""


class NameNotFoundError(ResolutionError):
    """The server says that there is no such name."""


class NoAnswerError(ResolutionError):
    """The server was silent, refused, or has no target for the name."""


@dataclass(frozen=True, slots=True)
class DnsAnswer:
    """Where a name points.

    Attributes:
        target: The last CNAME of the chain; an address when the name has no CNAME.
        ttl: Seconds for which the whole chain may be cached.
    """

    target: str
    ttl: int


class Resolves(Protocol):
    """Anything that resolves names."""

    async def resolve(self, name: str) -> DnsAnswer:
        """The target of a name, or a ResolutionError."""
        ...


class Resolver:
    """Asks one DNS server by UDP, without a cache."""

    def __init__(self, host: str, port: int) -> None:
        self._server = (host, port)

    async def resolve(self, name: str) -> DnsAnswer:
        """Asks for the address of `name`, three times for a second each.

        Raises:
            NameNotFoundError: There is no such name.
            NoAnswerError: There was no usable response.
        """
        return await self._resolve(name, "A", _answer)

    async def _resolve(self, name: str, type_: str, read: Callable[[str, DNSRecord], DnsAnswer]) -> DnsAnswer:
        query = DNSRecord.question(name, type_)
        query.header.id = secrets.randbelow(1 << 16)
        for _ in range(ATTEMPTS):
            try:
                async with asyncio.timeout(TIMEOUT_S):
                    return read(name, await self._ask(query))
            except (TimeoutError, OSError):
                continue
        host, port = self._server
        raise NoAnswerError(f"{name}: no response from {host}:{port} in {ATTEMPTS} attempts")

    async def _ask(self, query: DNSRecord) -> DNSRecord:
        loop = asyncio.get_running_loop()
        response: asyncio.Future[DNSRecord] = loop.create_future()
        transport, _ = await loop.create_datagram_endpoint(
            lambda: _Exchange(query.header.id, response), remote_addr=self._server
        )
        try:
            transport.sendto(query.pack())
            return await response
        finally:
            transport.close()


class ServiceResolver(Resolver):
    """Asks where a name's HTTP is served on this machine: the target is host and port."""

    async def resolve(self, name: str) -> DnsAnswer:
        """Asks for `_http._tcp` of *name*. Raises as `Resolver.resolve` does."""
        return await self._resolve(f"_http._tcp.{name}", "SRV", _served)


class AwsNameResolver(Resolver):
    """Asks to which AWS name a name that serves HTTP leads now, through aliases: the target is that name."""

    async def resolve(self, name: str) -> DnsAnswer:
        """Asks for `_http._tcp` of *name*. Raises as `Resolver.resolve` does."""
        return await self._resolve(f"_http._tcp.{name}", "SRV", _led_to)


class _Exchange(asyncio.DatagramProtocol):
    """Keeps the first response that belongs to a query."""

    def __init__(self, id_: int, response: "asyncio.Future[DNSRecord]") -> None:
        self._id = id_
        self._response = response

    def datagram_received(self, data: bytes, addr: object) -> None:
        del addr
        try:
            response = DNSRecord.parse(data)
        except DNSError:
            return
        ours = response.header.qr and response.header.id == self._id
        if ours and not self._response.done():
            self._response.set_result(response)

    def error_received(self, exc: Exception) -> None:
        if not self._response.done():
            self._response.set_exception(exc)


def _answer(name: str, response: DNSRecord) -> DnsAnswer:
    code = RCODE.get(response.header.rcode)
    if code == "NXDOMAIN":
        raise NameNotFoundError(f"{name}: no such name")
    if code != "NOERROR":
        raise NoAnswerError(f"{name}: {code}")
    aliases = {dns_name(str(r.rname)): r for r in response.rr if r.rtype == QTYPE.CNAME}
    target = dns_name(name)
    ttls: list[int] = []
    while target in aliases and len(ttls) < len(aliases):
        link = aliases[target]
        target = dns_name(str(link.rdata.label))
        ttls.append(int(link.ttl))
    if ttls:
        return DnsAnswer(target, min(ttls))
    addresses = [DnsAnswer(str(r.rdata), int(r.ttl)) for r in response.rr if r.rtype == QTYPE.A]
    if not addresses:
        raise NoAnswerError(f"{name}: no address")
    return addresses[0]


def _served(name: str, response: DNSRecord) -> DnsAnswer:
    found = _service(name, response)
    return DnsAnswer(f"127.0.0.1:{found.rdata.port}", int(found.ttl))


def _led_to(name: str, response: DNSRecord) -> DnsAnswer:
    found = _service(name, response)
    return DnsAnswer(dns_name(str(found.rdata.target)), int(found.ttl))


def _service(name: str, response: DNSRecord) -> RR:
    found = [record for record in response.rr if record.rtype == QTYPE.SRV]
    if not found:
        raise NoAnswerError(f"{name}: served nowhere here")
    return found[0]


class CachingResolver:
    """One population of clients that share a cache, and so learn of a failover together.

    Answers are kept for their TTL and not a moment longer; failures are not kept. Many who ask at
    once cost one question.

    Args:
        resolver: Asked when the cache has nothing.
        clock: Seconds, monotonic; without one, that of the running event loop.
    """

    def __init__(self, resolver: Resolves, clock: Callable[[], float] | None = None) -> None:
        self._resolver = resolver
        self._clock = clock or (lambda: asyncio.get_running_loop().time())
        self._kept: dict[str, tuple[DnsAnswer, float]] = {}
        self._asking: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def resolve(self, name: str) -> DnsAnswer:
        """The target of `name` from the cache or, when that has expired, from the server.

        Raises:
            ResolutionError: As the resolver says.
        """
        async with self._asking[name]:
            answer, expires = self._kept.get(name, (None, 0.0))
            if answer is None or self._clock() >= expires:
                asked = self._clock()
                answer = await self._resolver.resolve(name)
                self._kept[name] = (answer, asked + answer.ttl)
            return answer
