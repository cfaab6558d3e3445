"""What clients of a system ask of it, in the words of its API."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from gameday.load.records import Operation


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """One HTTP request."""

    method: str
    path: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Mapping[str, object] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What the body of an answer says of an entry."""

    entry_id: str | None = None
    became: str = ""


class Requests(Protocol):
    """The requests of one system's clients."""

    def new(self, run: str, number: int, due: float) -> Operation:
        """The operation that arrives as number *number* of *run*."""

    def ask(self, operation: Operation) -> Sent:
        """How a client asks for it."""

    def told(self, operation: Operation, body: Mapping[str, Any]) -> Told:
        """What an answer says."""

    def next(self, operation: Operation) -> Sequence[Operation]:
        """What the client wants next, now that *operation* was acknowledged."""

    def host(self, name: str, found: str) -> str:
        """The Host header of requests for the API *name*, which DNS led to *found*."""
