"""Every open TCP connection of the server, so that a region's death can reset them.

A dead region does not answer 503: its packets stop. The nearest thing that ends quickly is a reset
without any HTTP answer, on idle keep-alive connections too.
"""

import asyncio
import socket
import struct
from collections.abc import Iterable, Mapping
from typing import Any

_RESET_ON_CLOSE = struct.pack("ii", 1, 0)


class Connections:
    """Open connections by the address of both ends, as ASGI scopes show them."""

    def __init__(self) -> None:
        self._open: dict[tuple[Any, Any], asyncio.StreamWriter] = {}

    def opened(self, writer: asyncio.StreamWriter) -> None:
        """Remember a connection."""
        self._open[_ends(writer)] = writer

    def closed(self, writer: asyncio.StreamWriter) -> None:
        """Forget a connection."""
        self._open.pop(_ends(writer), None)

    def reset(self, scope: Mapping[str, Any]) -> None:
        """Reset the connection that the request in *scope* came through."""
        writer = self._open.get((scope["client"], scope["server"]))
        if writer:
            reset(writer)

    def reset_ports(self, ports: Iterable[int]) -> int:
        """Reset all connections to *ports*; returns how many there were."""
        doomed = set(ports)
        writers = [writer for (_, (_, port)), writer in self._open.items() if port in doomed]
        for writer in writers:
            reset(writer)
        return len(writers)


def reset(writer: asyncio.StreamWriter) -> None:
    """Close a connection so that the other end sees a reset instead of an orderly end."""
    if writer.is_closing():
        return
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
    writer.transport.abort()


def _ends(writer: asyncio.StreamWriter) -> tuple[Any, Any]:
    return writer.get_extra_info("peername"), writer.get_extra_info("sockname")
