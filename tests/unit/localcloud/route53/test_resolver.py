import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from dnslib import RR, DNSRecord

from localcloud.route53 import resolver
from localcloud.route53.answers import Code, Reply, Resource, reply
from localcloud.route53.dns import DnsServer
from localcloud.route53.records import Configuration
from localcloud.route53.resolver import (
    CachingResolver,
    DnsAnswer,
    NameNotFoundError,
    NoAnswerError,
    Resolver,
)

EAST = "aaa.execute-api.us-east-1.amazonaws.com"


@pytest.fixture
async def client(free_port: int, configuration: Configuration) -> AsyncIterator[Resolver]:
    def answer(name: str, type_: str) -> Reply:
        circle = Resource("circle.x", "CNAME", 1, "circle.x.")
        if name == "circle.x.":
            return Reply(Code.NOERROR, (circle,))
        return reply(configuration, {}, name, type_)

    server = DnsServer(free_port, answer)
    await server.start()
    yield Resolver("127.0.0.1", free_port)
    await server.stop()


async def test_the_target_is_the_last_alias_and_the_shortest_ttl_counts(client: Resolver):
    assert await client.resolve("www.payments.example") == DnsAnswer(EAST, 60)


async def test_a_name_without_alias_is_its_address(client: Resolver):
    assert await client.resolve(EAST) == DnsAnswer("127.0.0.1", 60)


async def test_a_circle_is_not_followed_for_ever(client: Resolver):
    assert (await client.resolve("circle.x")).target == "circle.x"


@pytest.mark.parametrize(
    ("name", "error", "message"),
    [
        ("nothing.payments.example", NameNotFoundError, "no such name"),
        ("elsewhere.example", NoAnswerError, "REFUSED"),
        ("payments.example", NoAnswerError, "no address"),
    ],
)
async def test_failures_are_told_apart(client: Resolver, name: str, error: type[Exception], message: str):
    with pytest.raises(error, match=message):
        await client.resolve(name)


async def test_a_dead_server_is_an_error_after_a_few_attempts(free_port: int):
    with pytest.raises(NoAnswerError, match=f"no response from 127.0.0.1:{free_port}"):
        await Resolver("127.0.0.1", free_port).resolve("a.example")


async def test_a_silent_server_is_an_error_after_a_few_attempts(
    free_port: int, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(resolver, "TIMEOUT_S", 0.02)
    loop = asyncio.get_running_loop()
    silent, _ = await loop.create_datagram_endpoint(
        asyncio.DatagramProtocol, local_addr=("127.0.0.1", free_port)
    )
    with pytest.raises(NoAnswerError, match="no response"):
        await Resolver("127.0.0.1", free_port).resolve("a.example")
    silent.close()


async def test_only_the_response_to_the_own_question_counts(free_port: int):
    class Liar(asyncio.DatagramProtocol):
        def connection_made(self, transport: Any) -> None:
            self.transport = transport

        def datagram_received(self, data: bytes, addr: Any) -> None:
            truth = DNSRecord.parse(data).reply()
            truth.add_answer(*RR.fromZone("a.example. 9 IN CNAME truth."))
            lie = DNSRecord.parse(data).reply()
            lie.header.id = truth.header.id ^ 1
            lie.add_answer(*RR.fromZone("a.example. 9 IN CNAME lie."))
            for packet in (b"rubbish", lie.pack(), data, truth.pack(), truth.pack()):
                self.transport.sendto(packet, addr)

    loop = asyncio.get_running_loop()
    liar, _ = await loop.create_datagram_endpoint(Liar, local_addr=("127.0.0.1", free_port))
    assert await Resolver("127.0.0.1", free_port).resolve("a.example") == DnsAnswer("truth", 9)
    liar.close()


async def test_a_socket_that_fails_after_the_response_changes_nothing():
    response = asyncio.get_running_loop().create_future()
    exchange = resolver._Exchange(7, response)
    response.set_result(answer := DNSRecord.question("a.example"))
    exchange.error_received(ConnectionRefusedError())
    assert response.result() is answer


class Upstream:
    """Counts the questions and answers what it was told to."""

    def __init__(self) -> None:
        self.asked = 0
        self.answer: DnsAnswer | None = DnsAnswer("east", 60)

    async def resolve(self, name: str) -> DnsAnswer:
        self.asked += 1
        await asyncio.sleep(0)
        if self.answer is None:
            raise NoAnswerError(name)
        return self.answer


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


async def test_a_stale_answer_lives_exactly_as_long_as_its_ttl():
    upstream, clock = Upstream(), Clock()
    population = CachingResolver(upstream, clock)
    assert (await population.resolve("api")).target == "east"
    upstream.answer = DnsAnswer("west", 60)
    clock.now += 59.999
    assert (await population.resolve("api")).target == "east"
    clock.now += 0.001
    assert (await population.resolve("api")).target == "west"
    assert upstream.asked == 2


async def test_populations_do_not_share_their_cache():
    upstream, clock = Upstream(), Clock()
    early = CachingResolver(upstream, clock)
    await early.resolve("api")
    upstream.answer = DnsAnswer("west", 60)
    assert (await CachingResolver(upstream, clock).resolve("api")).target == "west"
    assert (await early.resolve("api")).target == "east"


async def test_many_who_ask_at_once_cost_one_question():
    upstream = Upstream()
    population = CachingResolver(upstream, Clock())
    await asyncio.gather(*(population.resolve("api") for _ in range(50)))
    assert upstream.asked == 1


async def test_a_ttl_of_zero_is_not_kept():
    upstream = Upstream()
    upstream.answer = DnsAnswer("east", 0)
    population = CachingResolver(upstream, Clock())
    await population.resolve("api")
    await population.resolve("api")
    assert upstream.asked == 2


async def test_failures_are_not_kept_and_an_expired_answer_is_not_served():
    upstream, clock = Upstream(), Clock()
    population = CachingResolver(upstream, clock)
    await population.resolve("api")
    clock.now += 60
    upstream.answer = None
    with pytest.raises(NoAnswerError):
        await population.resolve("api")
    upstream.answer = DnsAnswer("west", 60)
    assert (await population.resolve("api")).target == "west"
