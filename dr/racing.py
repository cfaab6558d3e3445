"""Connect to a name by all of its addresses at once: those that swallow packets cost nothing.

The standard way tries one after the other and waits its timeout for each, so a name with four addresses that
are gone makes one look four times as long.
"""

import os
import selectors
import socket
import time
from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import Any

import urllib3.util.connection

Address = tuple[Any, ...]
DEFAULT_S = 3.0


def connect(
    address: tuple[str, int],
    timeout: Any = DEFAULT_S,
    source_address: tuple[str, int] | None = None,
    socket_options: Sequence[tuple[int, int, int | bytes]] | None = None,
) -> socket.socket:
    """A connection to the first address that takes one. Raises OSError, TimeoutError when none does."""
    host, port = address
    within_s = timeout if isinstance(timeout, int | float) and timeout > 0 else DEFAULT_S
    found = socket.getaddrinfo(host.strip("[]"), port, 0, socket.SOCK_STREAM)
    with selectors.DefaultSelector() as racing:
        failures = _start(found, racing, source_address, socket_options)
        try:
            return _first(racing, within_s, failures)
        finally:
            for key in list(racing.get_map().values()):
                key.fileobj.close()  # type: ignore[union-attr]  # every one is a socket


def install() -> None:
    """Let AWS's library, which connects through urllib3, connect so too."""
    urllib3.util.connection.create_connection = connect


def _start(
    found: Iterable[Address],
    racing: selectors.BaseSelector,
    source: tuple[str, int] | None,
    options: Sequence[tuple[int, int, int | bytes]] | None,
) -> list[OSError]:
    failures: list[OSError] = []
    for family, kind, protocol, _, where in found:
        one = socket.socket(family, kind, protocol)
        try:
            for option in options or ():
                one.setsockopt(*option)
            if source:
                one.bind(source)
            one.setblocking(False)  # noqa: FBT003 - the standard library's own
            with suppress(BlockingIOError):
                one.connect(where)
            racing.register(one, selectors.EVENT_WRITE)
        except OSError as error:
            one.close()
            failures.append(error)
    return failures


def _first(racing: selectors.BaseSelector, within_s: float, failures: list[OSError]) -> socket.socket:
    ends_at = time.monotonic() + within_s
    while racing.get_map():
        left_s = ends_at - time.monotonic()
        if left_s <= 0:
            raise TimeoutError(f"no address took the connection within {within_s:g} s")
        for key, _ in racing.select(left_s):
            one: socket.socket = key.fileobj  # type: ignore[assignment]  # every one is a socket
            racing.unregister(one)
            if code := one.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
                one.close()
                failures.append(OSError(code, os.strerror(code)))
                continue
            one.settimeout(within_s)
            return one
    raise failures[0] if failures else OSError("the name has no address")
