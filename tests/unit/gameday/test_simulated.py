"""The clock that the tests of this folder rely on."""

import asyncio
import time

import pytest

from tests.unit.gameday import simulated


async def an_hour() -> tuple[float, float]:
    wall, steady = time.time(), time.monotonic()
    await asyncio.gather(asyncio.sleep(3600.0), asyncio.sleep(60.0))
    return time.time() - wall, time.monotonic() - steady


def test_an_hour_passes_at_once_and_only_inside():
    begun, before = time.perf_counter(), time.time()
    assert simulated.run(an_hour()) == (pytest.approx(3600.0), pytest.approx(3600.0))
    assert time.perf_counter() - begun < 60.0
    assert time.time() - before < 60.0


def test_what_a_socket_has_for_us_is_read_before_any_time_passes():
    async def asked() -> tuple[bytes, float]:
        async def answer(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await asyncio.sleep(5.0)
            writer.write(b"late")
            writer.close()

        server = await asyncio.start_server(answer, "127.0.0.1", 0)
        begun = time.monotonic()
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        told = await asyncio.wait_for(reader.read(), 10.0)
        writer.close()
        server.close()
        return told, time.monotonic() - begun

    told, passed = simulated.run(asked())
    assert told == b"late"
    assert passed == pytest.approx(5.0)


def test_the_work_of_a_thread_is_done_at_once_and_its_error_is_raised_where_it_is_awaited():
    async def counted() -> int:
        return await asyncio.to_thread(int, "7")

    async def failed() -> int:
        return await asyncio.to_thread(int, "seven")

    assert simulated.run(counted()) == 7
    with pytest.raises(ValueError, match="seven"):
        simulated.run(failed())
