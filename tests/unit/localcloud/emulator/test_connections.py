import asyncio

import pytest

from localcloud.emulator.connections import Connections


@pytest.fixture
async def server():
    connections = Connections()

    async def serve(reader, writer):
        connections.opened(writer)
        try:
            await reader.read()
        except ConnectionError:
            pass
        finally:
            connections.closed(writer)
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    yield connections, server.sockets[0].getsockname()
    server.close()


async def connect(address):
    reader, writer = await asyncio.open_connection(*address)
    await asyncio.sleep(0.05)
    return reader, writer


async def test_all_connections_to_a_port_are_reset_and_no_other(server):
    connections, address = server
    reader, writer = await connect(address)
    assert connections.reset_ports([address[1] + 1]) == 0
    assert connections.reset_ports([address[1]]) == 1
    with pytest.raises(ConnectionResetError):
        await reader.read()
    writer.close()


async def test_the_connection_of_one_request_is_reset(server):
    connections, address = server
    kept_reader, kept = await connect(address)
    reader, writer = await connect(address)
    connections.reset({"client": writer.get_extra_info("sockname"), "server": address})
    with pytest.raises(ConnectionResetError):
        await reader.read()
    kept.write_eof()
    assert await kept_reader.read() == b""
    for stream in (kept, writer):
        stream.close()


async def test_a_connection_that_is_gone_is_not_reset_again(server):
    connections, address = server
    _, writer = await connect(address)
    scope = {"client": writer.get_extra_info("sockname"), "server": address}
    for _ in range(2):
        connections.reset(scope)
    await asyncio.sleep(0.05)
    connections.reset(scope)
    assert connections.reset_ports([address[1]]) == 0
    writer.close()
