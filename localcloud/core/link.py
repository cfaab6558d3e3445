"""The network between two regions: a TCP relay that can delay, hold and cut what it carries."""

import asyncio
from collections import deque
from collections.abc import Callable
from pathlib import Path

_CHUNK = 64 * 1024
_UNDER_WAY_BYTES = 4 * 1024 * 1024
"""What each direction of a connection holds at most; then the sender has to wait, as behind a full
TCP window. It bounds throughput at 4 MiB a delay: 40 MB/s at 100 ms."""


class Link:
    """Listens on 127.0.0.1 and relays every connection to *target*: a Unix socket, or a port of 127.0.0.1.

    A *target* that may change is asked for at each connection, and raises OSError while there is none. The
    link belongs to one event loop. What the target sends is late by *delay_ms*, what is sent to it is not: a
    standby lags behind its writer, and confirms at once what has arrived. The delay may be changed at any
    time; bytes keep their order, and a long delay does not mean fewer of them under way. A held
    link is a network that swallows packets: connections stay open and silent. A cut link is one
    that says no: open connections break off, new ones end at once. `heal` ends both.
    """

    def __init__(self, target: Path | int | Callable[[], int], *, delay_ms: float = 0.0) -> None:
        self.delay_ms = delay_ms
        self.carried_bytes = 0
        """Bytes delivered since the start, both directions together."""
        self.target: Callable[[], Path | int] = target if callable(target) else lambda: target
        """Where it leads now."""
        self._flowing = asyncio.Event()
        self._flowing.set()
        self._cut = False
        self._server: asyncio.Server | None = None
        self._connections: set[asyncio.Task[None]] = set()

    async def start(self, port: int = 0) -> int:
        """Listen, on a free port when *port* is 0; returns the port."""
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", port)
        number: int = self._server.sockets[0].getsockname()[1]
        return number

    async def stop(self) -> None:
        """Stop listening and break off all connections."""
        if self._server is not None:
            self._server.close()
        await self._break_off()

    def hold(self) -> None:
        """Deliver nothing from now on; nobody is told."""
        self._flowing.clear()

    async def cut(self) -> None:
        """Break off every connection and refuse new ones."""
        self._cut = True
        await self._break_off()

    def heal(self) -> None:
        """Carry again; what was held arrives now."""
        self._cut = False
        self._flowing.set()

    async def _break_off(self) -> None:
        connections = list(self._connections)
        for connection in connections:
            connection.cancel()
        await asyncio.gather(*connections, return_exceptions=True)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._cut:
            writer.transport.abort()
            return
        connection = asyncio.create_task(self._relay(reader, writer))
        self._connections.add(connection)
        connection.add_done_callback(self._connections.discard)

    async def _relay(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, from accept to the end of both directions."""
        try:
            await self._flowing.wait()  # a network that swallows packets swallows handshakes too
            far_reader, far_writer = await self._open()
        except OSError:
            writer.transport.abort()  # nobody listens behind the link: the caller is told by this
            return
        except asyncio.CancelledError:
            writer.transport.abort()
            raise
        delivered = False
        try:
            async with asyncio.TaskGroup() as directions:
                directions.create_task(self._carry(reader, far_writer, _at_once))
                directions.create_task(self._carry(far_reader, writer, self._lag_s))
            delivered = True
        except* OSError:
            pass  # one end broke: the other one learns it below
        finally:
            for end in (writer, far_writer):
                if delivered:
                    end.close()
                else:
                    end.transport.abort()

    async def _open(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        target = self.target()
        if isinstance(target, int):
            return await asyncio.open_connection("127.0.0.1", target)
        return await asyncio.open_unix_connection(str(target))

    def _lag_s(self) -> float:
        return self.delay_ms / 1000

    async def _carry(
        self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, late_s: Callable[[], float]
    ) -> None:
        pipe = _Pipe(_UNDER_WAY_BYTES)
        async with asyncio.TaskGroup() as both:
            both.create_task(_receive(source, pipe, late_s))
            both.create_task(self._deliver(pipe, sink))

    async def _deliver(self, pipe: "_Pipe", sink: asyncio.StreamWriter) -> None:
        now = asyncio.get_running_loop().time
        while True:
            due, chunk = await pipe.get()
            await asyncio.sleep(due - now())
            await self._flowing.wait()
            if not chunk:  # the end of the stream travels like a byte
                sink.write_eof()
                return
            sink.write(chunk)
            await sink.drain()
            self.carried_bytes += len(chunk)


def _at_once() -> float:
    return 0.0


async def _receive(source: asyncio.StreamReader, pipe: "_Pipe", late_s: Callable[[], float]) -> None:
    now = asyncio.get_running_loop().time
    while chunk := await source.read(_CHUNK):
        await pipe.put(now() + late_s(), chunk)
    await pipe.put(now() + late_s(), b"")


class _Pipe:
    """Chunks with the time at which each is due, first in, first out, at most *capacity* bytes."""

    def __init__(self, capacity: int) -> None:
        self._room = capacity
        self._chunks: deque[tuple[float, bytes]] = deque()
        self._changed = asyncio.Condition()

    async def put(self, due: float, chunk: bytes) -> None:
        """Add a chunk as soon as there is room for a byte of it."""
        async with self._changed:
            await self._changed.wait_for(lambda: self._room > 0)
            self._room -= len(chunk)
            self._chunks.append((due, chunk))
            self._changed.notify_all()

    async def get(self) -> tuple[float, bytes]:
        """Take the oldest chunk."""
        async with self._changed:
            await self._changed.wait_for(lambda: bool(self._chunks))
            due, chunk = self._chunks.popleft()
            self._room += len(chunk)
            self._changed.notify_all()
            return due, chunk
