"""Addresses on this machine that swallow packets: nothing is refused, nothing is answered."""

import socket
from contextlib import ExitStack, contextmanager

ATTEMPTS = 8
"""More than the smallest queue of a listening socket holds; a further connection is not answered."""


@contextmanager
def black_holes(*hosts):
    """Listeners whose queues are full, as (host, port) each: the kernel drops what else comes."""
    with ExitStack() as stack:
        yield [_fill(stack, host) for host in hosts]


def _fill(stack, host):
    listening = stack.enter_context(socket.socket())
    listening.bind((host, 0))
    listening.listen(0)
    where = listening.getsockname()
    for _ in range(ATTEMPTS):
        waiting = stack.enter_context(socket.socket())
        waiting.settimeout(0)
        waiting.connect_ex(where)
    return where


def resolving_to(addresses):
    """A getaddrinfo for which every name has these addresses."""

    def getaddrinfo(_host, _port, *_, **__):
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", where) for where in addresses]

    return getaddrinfo
