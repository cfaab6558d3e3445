"""A PostgreSQL server that speaks just enough of the protocol to be connected to over TLS."""

import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator
from types import SimpleNamespace

import pytest
import trustme

READY = b"Z" + struct.pack("!ic", 5, b"I")


def message(kind: bytes, body: bytes) -> bytes:
    return kind + struct.pack("!i", len(body) + 4) + body


def failure(sqlstate: str) -> bytes:
    return message(b"E", b"SFATAL\0C" + sqlstate.encode() + b"\0Mrefused\0\0")


BOOLEAN, TEXT = 16, 25
"""Types of a column, by their OID."""


def boolean_row(value: str) -> bytes:
    return row(value, BOOLEAN)


def row(value: str, type_: int) -> bytes:
    column = b"ok\0" + struct.pack("!ihihih", 0, 0, type_, 1, -1, 0)
    return (
        message(b"T", struct.pack("!h", 1) + column)
        + message(b"D", struct.pack("!hi", 1, len(value)) + value.encode())
        + message(b"C", b"SELECT 1\0")
        + READY
    )


class Postgres:
    """Serves one connection after another; a test changes what it says."""

    def __init__(self) -> None:
        self.authority = trustme.CA()
        self.host = "127.0.0.1"
        self.password = "right"
        self.speaks_tls = True
        self.answer: Callable[[], bytes] = lambda: boolean_row("t")
        self.seen = SimpleNamespace(startup={}, queries=[], passwords=[])
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self._listener.getsockname()[1]}"
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    @property
    def ca(self) -> str:
        return self.authority.cert_pem.bytes().decode()

    def stop(self) -> None:
        """End the server; doing so twice is fine."""
        if not self._thread.is_alive():
            return
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(10)

    def _serve(self) -> None:
        while True:
            try:
                plain, _ = self._listener.accept()
            except OSError:
                return
            plain.settimeout(5)
            try:
                self._converse(plain)
            except (OSError, struct.error):
                continue  # The client went away, as some of the tests want it to.
            finally:
                plain.close()

    def _converse(self, plain: socket.socket) -> None:
        plain.recv(8)
        if not self.speaks_tls:
            plain.sendall(b"N")
            return
        plain.sendall(b"S")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.authority.issue_cert(self.host).configure_cert(context)
        with context.wrap_socket(plain, server_side=True) as wire:
            [length] = struct.unpack("!i", wire.recv(4))
            parts = wire.recv(length - 4)[4:-2].decode().split("\0")
            self.seen.startup = dict(zip(parts[::2], parts[1::2], strict=True))
            wire.sendall(message(b"R", struct.pack("!i", 3)))
            self.seen.passwords.append(self._receive(wire)[1].rstrip(b"\0").decode())
            if self.seen.passwords[-1] != self.password:
                wire.sendall(failure("28P01"))
                return
            wire.sendall(message(b"R", struct.pack("!i", 0)) + READY)
            while (received := self._receive(wire))[0] == b"Q":
                self.seen.queries.append(received[1].rstrip(b"\0").decode())
                wire.sendall(self.answer())

    @staticmethod
    def _receive(wire: ssl.SSLSocket) -> tuple[bytes, bytes]:
        kind, length = struct.unpack("!ci", wire.recv(5))
        return kind, wire.recv(length - 4) if length > 4 else b""


@pytest.fixture
def postgres() -> Iterator[Postgres]:
    server = Postgres()
    yield server
    server.stop()
