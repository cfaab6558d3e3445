"""The cluster endpoint: a process that speaks TLS to clients and relays them to a server's Unix socket.

The PostgreSQL that comes from PyPI cannot speak TLS. The endpoint does it for every PostgreSQL, so
there is one path to test, and the server itself has no TCP port at all: what is not encrypted is
refused here, what does not know a password is refused there.

    python -m localcloud.postgres.endpoint LISTENING_FD SOCKET CHAIN KEY
"""

import asyncio
import socket
import ssl
import struct
import sys
from pathlib import Path

_CHUNK = 64 * 1024
_HANDSHAKE_WITHIN_S = 5.0
# https://www.postgresql.org/docs/16/protocol-message-formats.html: a length of 8, then a code
_SSL_REQUEST = struct.pack("!II", 8, 80877103)
_GSS_REQUEST = struct.pack("!II", 8, 80877104)


async def serve(listener: socket.socket, target: Path, context: ssl.SSLContext) -> None:
    """Relay every connection that *listener* accepts to the Unix socket *target*, for ever."""

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(_HANDSHAKE_WITHIN_S):
                encrypted = await _encrypt(reader, writer, context)
            if encrypted:
                await _relay(reader, writer, target)
        except (OSError, EOFError, TimeoutError) as error:
            print(f"connection ended: {error!r}", file=sys.stderr, flush=True)  # noqa: T201 - its log
        finally:
            writer.close()

    server = await asyncio.start_server(accept, sock=listener)
    await server.serve_forever()


async def _encrypt(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, context: ssl.SSLContext
) -> bool:
    """Answer the client's first packets; whether the connection is encrypted now."""
    request = await reader.readexactly(8)
    if request == _GSS_REQUEST:
        writer.write(b"N")
        request = await reader.readexactly(8)
    if request == _SSL_REQUEST:
        writer.write(b"S")
        await writer.start_tls(context)
        return True
    writer.write(_refusal())
    await writer.drain()
    return False


def _refusal() -> bytes:
    """An ErrorResponse, worded as PostgreSQL does for a missing `hostssl` line."""
    fields = {"S": "FATAL", "V": "FATAL", "C": "28000", "M": "no pg_hba.conf entry: no encryption"}
    body = b"".join(f"{name}{value}\0".encode() for name, value in fields.items()) + b"\0"
    return b"E" + struct.pack("!I", len(body) + 4) + body


async def _relay(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, target: Path) -> None:
    """Copy in both directions until either end is done: PostgreSQL has no half-closed connections."""
    server_reader, server_writer = await asyncio.open_unix_connection(str(target))
    directions = [
        asyncio.ensure_future(_copy(reader, server_writer)),
        asyncio.ensure_future(_copy(server_reader, writer)),
    ]
    try:
        await asyncio.wait(directions, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for direction in directions:
            direction.cancel()
        await asyncio.gather(*directions, return_exceptions=True)
        server_writer.close()


async def _copy(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    while chunk := await source.read(_CHUNK):
        sink.write(chunk)
        await sink.drain()


def _main(listening_fd: str, target: str, chain: str, key: str) -> None:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(chain, key)
    with socket.socket(fileno=int(listening_fd)) as listener:
        asyncio.run(serve(listener, Path(target), context))


if __name__ == "__main__":
    _main(*sys.argv[1:])
