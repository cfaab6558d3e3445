"""Every link here leads to an echo server; what comes back has crossed it twice."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import pytest
import pytest_asyncio

from localcloud.core.link import Link

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@pytest_asyncio.fixture
async def link(tmp_path: Path) -> AsyncIterator[Link]:
    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while chunk := await reader.read(65536):
                writer.write(chunk)
                await writer.drain()
        except ConnectionError:
            pass
        finally:
            writer.close()

    server = await asyncio.start_unix_server(echo, tmp_path / "echo")
    link = Link(tmp_path / "echo")
    yield link
    await link.stop()
    server.close()


async def connect(link: Link) -> Streams:
    return await asyncio.open_connection("127.0.0.1", await link.start())


async def say(streams: Streams, data: bytes, timeout_s: float = 5.0) -> bytes:
    reader, writer = streams
    writer.write(data)
    async with asyncio.timeout(timeout_s):
        return await reader.readexactly(len(data))


async def test_bytes_arrive_and_are_counted(link: Link) -> None:
    assert await say(await connect(link), b"hello") == b"hello"
    assert link.carried_bytes == 10


async def test_the_end_of_a_stream_arrives_after_its_bytes(link: Link) -> None:
    reader, writer = await connect(link)
    writer.write(b"bye")
    writer.write_eof()
    async with asyncio.timeout(5):
        assert await reader.read() == b"bye"
    writer.close()


async def test_what_the_target_sends_is_late(link: Link) -> None:
    streams = await connect(link)
    link.delay_ms = 50
    started = time.monotonic()
    await say(streams, b"ping")
    assert 0.05 <= time.monotonic() - started < 1.0


async def test_what_is_sent_to_the_target_is_there_at_once(link: Link) -> None:
    _, writer = await connect(link)
    link.delay_ms = 60_000
    writer.write(b"confirmed")
    async with asyncio.timeout(5):
        while link.carried_bytes < len(b"confirmed"):  # noqa: ASYNC110 - a test may wait for what has no event
            await asyncio.sleep(0.01)
    writer.close()


async def test_a_delay_does_not_reorder_or_throttle(link: Link) -> None:
    streams = await connect(link)
    link.delay_ms = 100
    data = b"".join(number.to_bytes(4) for number in range(1_000_000))
    started = time.monotonic()
    answer = asyncio.create_task(say(streams, data, 10))
    await asyncio.sleep(0.05)
    link.delay_ms = 50  # a shorter delay must not let later bytes overtake
    assert await answer == data
    assert time.monotonic() - started < 2.0  # 64 KiB a round trip would take 6 s


async def test_a_held_link_is_silent_until_it_heals(link: Link) -> None:
    streams = await connect(link)
    await say(streams, b"before")
    link.hold()
    with pytest.raises(TimeoutError):
        await say(streams, b"held", 0.2)
    link.heal()
    async with asyncio.timeout(5):
        assert await streams[0].readexactly(4) == b"held"


async def test_a_held_link_makes_the_sender_wait(link: Link) -> None:
    _, writer = await connect(link)
    link.hold()
    sent = 0

    async def send_for_ever() -> None:
        nonlocal sent
        while True:
            writer.write(bytes(1024 * 1024))
            await writer.drain()
            sent += 1

    with pytest.raises(TimeoutError):
        await asyncio.wait_for(send_for_ever(), 1)
    assert 2 < sent < 32  # its own 4 MiB and what the kernel buffers
    writer.transport.abort()


async def test_a_cut_link_breaks_connections_off_and_refuses_new_ones(link: Link) -> None:
    port = await link.start()
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    await say((reader, writer), b"before")
    await link.cut()
    async with asyncio.timeout(5):
        assert await reader.read() == b""
        late_reader, late_writer = await asyncio.open_connection("127.0.0.1", port)
        assert await late_reader.read() == b""
    link.heal()
    healed = await asyncio.open_connection("127.0.0.1", port)
    assert await say(healed, b"after") == b"after"
    for end in (writer, late_writer, healed[1]):
        end.close()


async def test_a_held_link_can_be_cut(link: Link) -> None:
    reader, writer = await connect(link)
    link.hold()
    writer.write(b"lost")
    await asyncio.sleep(0.05)
    await link.cut()
    async with asyncio.timeout(5):
        assert await reader.read() == b""
    writer.close()


async def test_a_target_that_is_down_ends_the_connection(tmp_path: Path) -> None:
    link = Link(tmp_path / "nobody")
    reader, writer = await connect(link)
    async with asyncio.timeout(5):
        assert await reader.read() == b""
    writer.close()
    await link.stop()


async def test_a_link_to_a_port_carries_as_one_to_a_unix_socket_does(link: Link) -> None:
    further = Link(await link.start())
    try:
        assert await say(await connect(further), b"there and back") == b"there and back"
    finally:
        await further.stop()


async def test_a_link_whose_end_moves_asks_for_it_at_each_connection() -> None:
    async def told(text: bytes) -> asyncio.Server:
        async def tell(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(text)
            writer.close()

        return await asyncio.start_server(tell, "127.0.0.1", 0)

    ends: list[asyncio.Server] = []

    def end() -> int:
        if not ends:
            raise ConnectionRefusedError("nobody is there yet")
        return int(ends[-1].sockets[0].getsockname()[1])

    link = Link(end)
    port = await link.start()

    async def heard() -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        try:
            async with asyncio.timeout(5):
                return await reader.read()
        finally:
            writer.close()

    with suppress(ConnectionResetError):
        assert await heard() == b""
    for text in (b"first", b"second"):
        ends.append(await told(text))
        assert await heard() == text
    await link.stop()
    for server in ends:
        server.close()
