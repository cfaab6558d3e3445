"""The private name of a database, followed to the name that its certificate is for."""

import socket
from collections.abc import Callable

Lookup = Callable[[str], tuple[str, list[str], list[str]]]


def follow(name: str, hosts: frozenset[str], lookup: Lookup = socket.gethostbyname_ex) -> str:
    """The host behind *name*, which is one of *hosts*.

    RDS issues certificates for its own endpoints only, so a private name that is an alias of one fails the
    check of the host name. DNS proves nothing, so an alias is followed only to a database that is known.

    Raises:
        OSError: the name is not known, or leads to another host.
    """
    if name in hosts:
        return name
    found = lookup(name)[0].rstrip(".")
    if found not in hosts:
        raise OSError(f"{name} leads to {found}, which is none of the databases")
    return found
