"""One request as the rules see it."""

from dataclasses import dataclass
from functools import cached_property

Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True, kw_only=True)
class Request:
    """What a client asked for.

    Attributes:
        path: As it was sent, percent-encoding included, without the query.
        query: As it was sent, without the question mark.
        headers: In the order of arrival, names as they were sent.
        client: Address of the other end of the connection.
        client_port: Its port.
    """

    method: str
    path: str
    query: str
    headers: Headers
    client: str
    client_port: int = 0
    version: str = "HTTP/1.1"

    def values(self, name: str) -> list[str]:
        """All values of a header; the name in any case."""
        return self._by_name.get(name.lower(), [])

    def value(self, name: str) -> str:
        """The header's first value; empty without one."""
        return next(iter(self.values(name)), "")

    @property
    def host(self) -> str:
        """The name in the Host header, without a port, in lower case."""
        return host_and_port(self.value("host"))[0].lower()

    @property
    def target(self) -> str:
        """Path and query, as a request line has them."""
        return f"{self.path}?{self.query}" if self.query else self.path

    @cached_property
    def _by_name(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for key, value in self.headers:
            found.setdefault(key.lower(), []).append(value)
        return found

    @cached_property
    def cookies(self) -> dict[str, str]:
        """The cookies by name; what else stands in the header is not looked at, however odd."""
        pairs = (one.partition("=") for value in self.values("cookie") for one in value.split(";"))
        return {name.strip(): value.strip() for name, _, value in pairs}

    @property
    def size(self) -> int:
        """Bytes of the request line and the headers."""
        line = len(self.method) + len(self.target) + len(self.version) + 4
        return line + sum(len(name) + len(value) + 4 for name, value in self.headers) + 2


def host_and_port(host: str) -> tuple[str, str]:
    """A Host header's name and port; the port is empty without one, and IPv6 keeps its brackets."""
    name, colon, port = host.rpartition(":")
    return (name, port) if colon and port.isdigit() else (host, "")
