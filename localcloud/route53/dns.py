"""A DNS server on loopback: the wire format and the sockets."""

import asyncio
from collections.abc import Callable
from typing import Any, cast

from dnslib import OPCODE, QTYPE, RCODE, RR, DNSError, DNSRecord

from localcloud.route53.answers import Code, Reply, Resource

HOST = "127.0.0.1"
UDP_LIMIT = 512
TCP_PATIENCE_S = 2.0

Answerer = Callable[[str, str], Reply]
"""Answers a name and a record type such as "CNAME"."""


def respond(packet: bytes, answerer: Answerer, *, limit: int | None = None) -> bytes | None:
    """The response to a packet, or None for what is not a well-formed query.

    Args:
        packet: A DNS message as received.
        answerer: Knows the answers.
        limit: Bytes that fit; a longer response is cut and marked so, and the client asks by TCP.
    """
    try:
        query = DNSRecord.parse(packet)
    except DNSError:
        return None
    if query.header.qr or len(query.questions) != 1:
        return None
    question = query.q
    reply = Reply(Code.NOTIMP)
    if query.header.opcode == OPCODE.QUERY:
        reply = answerer(str(question.qname), QTYPE.forward.get(question.qtype, "unknown"))
    response = query.reply(ra=0, aa=int(reply.code in {Code.NOERROR, Code.NXDOMAIN}))
    response.header.rcode = getattr(RCODE, reply.code)
    response.add_answer(*map(_wire, reply.answers))
    response.add_auth(*map(_wire, reply.authority))
    packed = bytes(response.pack())
    return packed if limit is None or len(packed) <= limit else bytes(response.truncate().pack())


def _wire(resource: Resource) -> Any:
    line = f"{resource.name}. {resource.ttl} IN {resource.type} {resource.value}"
    (record,) = RR.fromZone(line)
    return record


class DnsServer:
    """Answers DNS on 127.0.0.1 by UDP and TCP."""

    def __init__(self, port: int, answerer: Answerer) -> None:
        self._port = port
        self._answerer = answerer
        self._udp: asyncio.DatagramTransport | None = None
        self._tcp: asyncio.Server | None = None

    async def start(self) -> None:
        """Opens both sockets.

        Raises:
            OSError: The port is taken.
        """
        loop = asyncio.get_running_loop()
        self._udp, _ = await loop.create_datagram_endpoint(
            lambda: _Datagrams(self._answerer), local_addr=(HOST, self._port)
        )
        self._tcp = await asyncio.start_server(self._converse, HOST, self._port)

    async def stop(self) -> None:
        """Closes both sockets; a TCP client in mid-question has two seconds."""
        if self._udp:
            self._udp.close()
        if self._tcp:
            self._tcp.close()
            await self._tcp.wait_closed()

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One question and its answer, each behind its length (RFC 1035, 4.2.2)."""
        try:
            async with asyncio.timeout(TCP_PATIENCE_S):
                length = int.from_bytes(await reader.readexactly(2))
                response = respond(await reader.readexactly(length), self._answerer)
                if response is not None:
                    writer.write(len(response).to_bytes(2) + response)
                    await writer.drain()
        except (TimeoutError, OSError, asyncio.IncompleteReadError):
            writer.transport.abort()  # the client went away or never asked
        finally:
            writer.close()


class _Datagrams(asyncio.DatagramProtocol):
    """One response a datagram."""

    def __init__(self, answerer: Answerer) -> None:
        self._answerer = answerer
        self._transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # A cast because asyncio's own class for this is no DatagramTransport before Python 3.13.
        self._transport = cast("asyncio.DatagramTransport", transport)

    def datagram_received(self, data: bytes, addr: tuple[str | Any, int]) -> None:
        response = respond(data, self._answerer, limit=UDP_LIMIT)
        if response is not None and self._transport is not None:
            self._transport.sendto(response, addr)
