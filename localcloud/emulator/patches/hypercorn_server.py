"""Reset connections, which ASGI has no word for."""

from collections.abc import Callable
from typing import Any

from hypercorn.asyncio import tcp_server

from localcloud.emulator.connections import Connections, reset
from localcloud.emulator.patches.wrapping import Wrapper, wrap


def track(connections: Connections, accepts: Callable[[int], bool]) -> None:
    """Know every open connection, and reset new ones to ports that *accepts* denies.

    An ASGI application cannot end a connection without an answer: hypercorn (0.18) makes a 500 of one
    that answers nothing. Only the stream itself can be reset.
    """

    async def run(original: Wrapper, server: Any) -> None:
        connections.opened(server.writer)
        try:
            if not accepts(server.writer.get_extra_info("sockname")[1]):
                reset(server.writer)
            await original(server)
        finally:
            connections.closed(server.writer)

    wrap(tcp_server.TCPServer, "run", run)
