import asyncio
import socket
from collections.abc import AsyncIterator

import pytest
from dnslib import QTYPE, RCODE, DNSRecord
from hypothesis import given, settings, strategies

from localcloud.route53.answers import Code, Reply, Resource, reply
from localcloud.route53.dns import DnsServer, respond
from localcloud.route53.records import Configuration

API = "api.payments.example"
MANY = Reply(Code.NOERROR, tuple(Resource("many.x", "TXT", 1, f'"{n:0>90}"') for n in range(20)))


@pytest.fixture
async def server(free_port: int, configuration: Configuration) -> AsyncIterator[int]:
    def answer(name: str, type_: str) -> Reply:
        return MANY if name == "many.x." else reply(configuration, {}, name, type_)

    server = DnsServer(free_port, answer)
    await server.start()
    yield free_port
    await server.stop()


@pytest.mark.parametrize("tcp", [False, True])
async def test_a_dns_client_gets_an_authoritative_cname(server: int, *, tcp: bool):
    query = DNSRecord.question("API.payments.example", "CNAME")
    packet = await asyncio.to_thread(query.send, "127.0.0.1", server, tcp=tcp, timeout=2)
    response = DNSRecord.parse(packet)
    assert (response.header.id, response.header.aa, response.header.ra) == (query.header.id, 1, 0)
    (answer,) = response.rr
    assert (str(answer.rname), QTYPE[answer.rtype], answer.ttl) == (API + ".", "CNAME", 60)
    assert str(answer.rdata) == "aaa.execute-api.us-east-1.amazonaws.com."


async def test_what_does_not_fit_a_datagram_is_had_by_tcp(server: int):
    query = DNSRecord.question("many.x", "TXT")
    short = DNSRecord.parse(await asyncio.to_thread(query.send, "127.0.0.1", server, timeout=2))
    assert short.header.tc == 1
    packet = await asyncio.to_thread(query.send, "127.0.0.1", server, tcp=True, timeout=2)
    assert len(DNSRecord.parse(packet).rr) == 20


async def test_rubbish_is_ignored_and_the_next_question_answered(server: int):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        for rubbish in (b"", b"\x00", b"\xff" * 600, DNSRecord.question(API).pack()[:-3]):
            client.sendto(rubbish, ("127.0.0.1", server))
    _, hasty = await asyncio.open_connection("127.0.0.1", server)
    hasty.write(b"\xff")
    hasty.close()
    await hasty.wait_closed()
    query = DNSRecord.question(API, "CNAME")
    response = DNSRecord.parse(await asyncio.to_thread(query.send, "127.0.0.1", server, timeout=2))
    assert response.header.rcode == RCODE.NOERROR


async def test_what_is_no_question_gets_no_answer_by_tcp_either(server: int):
    reader, writer = await asyncio.open_connection("127.0.0.1", server)
    echo = DNSRecord.question(API).reply().pack()
    writer.write(len(echo).to_bytes(2) + echo)
    async with asyncio.timeout(5):
        assert await reader.read() == b""
    writer.close()


async def test_a_server_whose_port_is_taken_says_so_and_stops_without_the_others_port(server: int):
    second = DnsServer(server, lambda *_: Reply(Code.REFUSED))
    with pytest.raises(OSError, match="already in use"):
        await second.start()
    await second.stop()
    query = DNSRecord.question(API, "CNAME")
    packet = await asyncio.to_thread(query.send, "127.0.0.1", server, timeout=2)
    assert DNSRecord.parse(packet).header.rcode == RCODE.NOERROR


QUERY = DNSRecord.question(API, "A").pack()


@settings(deadline=None)
@given(strategies.binary(max_size=64), strategies.integers(0, len(QUERY)), strategies.binary())
def test_no_packet_whatever_raises(start: bytes, cut: int, end: bytes):
    for packet in (start, QUERY[:cut] + end, start + QUERY[len(start) :] + end):
        respond(packet, lambda *_: Reply(Code.REFUSED))


def test_a_response_is_not_a_question(configuration: Configuration):
    echo = DNSRecord.question(API).reply().pack()
    assert respond(echo, lambda name, type_: reply(configuration, {}, name, type_)) is None


@pytest.mark.parametrize(
    ("name", "type_", "code", "authoritative"),
    [
        ("nothing.payments.example", "A", RCODE.NXDOMAIN, 1),
        ("payments.example", "MX", RCODE.NOERROR, 1),
        ("elsewhere.example", "A", RCODE.REFUSED, 0),
        ("payments.example", "ANY", RCODE.NOTIMP, 0),
    ],
)
def test_codes_reach_the_wire(
    configuration: Configuration, name: str, type_: str, code: int, authoritative: int
):
    packet = respond(DNSRecord.question(name, type_).pack(), lambda n, t: reply(configuration, {}, n, t))
    header = DNSRecord.parse(packet).header
    assert (header.rcode, header.aa) == (code, authoritative)


def test_other_operations_than_questions_are_not_implemented(configuration: Configuration):
    update = DNSRecord.question(API)
    update.header.opcode = 5
    packet = respond(update.pack(), lambda n, t: reply(configuration, {}, n, t))
    assert DNSRecord.parse(packet).header.rcode == RCODE.NOTIMP
