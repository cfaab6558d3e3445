"""Ports of loopback that nobody uses."""

import random
import socket
from itertools import islice

_PORTS = range(15_000, 32_000)
"""Below the ports of outgoing connections (Linux from 32768, macOS from 49152): none of those can take a port
between the look and the use."""


def free_ports(count: int) -> list[int]:
    """*count* different ports of 127.0.0.1 that were free a moment ago, for TCP and UDP."""
    candidates = random.sample(_PORTS, len(_PORTS))
    return list(islice(filter(_is_free, candidates), count))


def _is_free(port: int) -> bool:
    try:
        with (
            socket.create_server(("127.0.0.1", port)),
            socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as datagrams,
        ):
            datagrams.bind(("127.0.0.1", port))
    except OSError:
        return False
    return True


def free_port() -> int:
    """One TCP port of 127.0.0.1 that was free a moment ago."""
    return free_ports(1)[0]
