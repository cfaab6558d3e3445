"""Names as a region's network resolves them: by the local cloud's DNS server, then by this machine's.

What AWS serves at a port of a name is served here at another port of 127.0.0.1: the server tells which one
as SRV of the service. What asks itself at a port finds where that port really is: PORT_8080, say.
"""

import json
import os
import random
import socket
import struct
from typing import Any

SERVICES = {80: "http", 443: "https", 5432: "postgresql", 8080: "http-alt"}
ITSELF = ("127.0.0.1", "localhost")
A, CNAME, SRV = 1, 5, 33
POINTER = 0xC0
WITHIN_S = 1.0
_addresses, _by_name = socket.getaddrinfo, socket.gethostbyname_ex
_server: dict[str, int] = {}
"""The port of the DNS server, if there is one."""
_ways: dict[str, int] = {}
"""By other region the port of the way to its load balancer."""


def ask(name: str, kind: int) -> list[tuple[int, Any]]:
    """The values of type *kind* under *name* and of its aliases, as (type, value), in the server's order."""
    labels = name.rstrip(".").encode().split(b".")
    question = b"".join(bytes([len(label)]) + label for label in labels) + b"\0"
    header = os.urandom(2) + struct.pack(">5H", 0x0100, 1, 0, 0, 0)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as way:
        way.settimeout(WITHIN_S)
        way.connect(("127.0.0.1", _server["port"]))
        way.send(header + question + struct.pack(">2H", kind, 1))
        packet = way.recv(4096)
    (count,) = struct.unpack_from(">H", packet, 6)
    at, found = len(header) + len(question) + 4, []
    for _ in range(count):
        _, at = _name(packet, at)
        type_, _, _, length = struct.unpack_from(">2HIH", packet, at)
        at += 10
        found.append((type_, _value(packet, at, type_)))
        at += length
    return found


def _value(packet: bytes, at: int, type_: int) -> Any:
    if type_ == SRV:
        return struct.unpack_from(">H", packet, at + 4)[0], _name(packet, at + 6)[0]
    return _name(packet, at)[0] if type_ == CNAME else packet[at : at + 4]


def _name(packet: bytes, at: int) -> tuple[str, int]:
    """The name at an offset, and the offset behind it; a pointer leads to an earlier name."""
    labels: list[str] = []
    while packet[at]:
        if packet[at] >= POINTER:
            rest, _ = _name(packet, struct.unpack_from(">H", packet, at)[0] & 0x3FFF)
            return ".".join([*labels, rest]), at + 2
        labels.append(packet[at + 1 : at + 1 + packet[at]].decode())
        at += 1 + packet[at]
    return ".".join(labels), at + 1


def getaddrinfo(host: Any, port: Any, *more: Any, **named: Any) -> Any:
    """As socket has it; a service that is served here is found wherever it listens, in any order."""
    if host in ITSELF and f"PORT_{port}" in os.environ:
        return _addresses("127.0.0.1", int(os.environ[f"PORT_{port}"]), *more, **named)
    if way := next((way for region, way in _ways.items() if f".{region}.elb." in str(host)), None):
        return _addresses("127.0.0.1", way, *more, **named)
    if _server and port in SERVICES and isinstance(host, str) and host not in ITSELF:
        found = _ports(f"_{SERVICES[port]}._tcp.{host}")
        random.shuffle(found)
        if found:
            return [one for real in found for one in _addresses("127.0.0.1", real, *more, **named)]
    return _addresses(host, port, *more, **named)


def _ports(service: str) -> list[int]:
    """Where the service is on this machine; nowhere while the local cloud's DNS server does not answer."""
    try:
        return [value[0] for type_, value in ask(service, SRV) if type_ == SRV]
    except OSError:
        return []


def gethostbyname_ex(name: str) -> tuple[str, list[str], list[str]]:
    """As socket has it: the last alias comes first."""
    found = ask(name, A) if _server else []
    addresses = [".".join(map(str, value)) for type_, value in found if type_ == A]
    if not addresses:
        return _by_name(name)
    return [name, *(value for type_, value in found if type_ == CNAME)][-1], [name], addresses


def install(dns_port: str | None, ways: str = "{}") -> None:
    """Take the place of socket's functions, with the DNS server at *dns_port* of 127.0.0.1, if there is one.

    *ways* is a JSON object: by other region the port at which its load balancer is reached.
    """
    if dns_port:
        _server["port"] = int(dns_port)
    _ways.update(json.loads(ways))
    socket.getaddrinfo, socket.gethostbyname_ex = getaddrinfo, gethostbyname_ex
