"""What one system's requests are to the journal, the ledger and the outbox: all that these know of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, Self

from durable.engine import Engine


class DurableRequest(Protocol):
    """What a client asked for. Two that ask for the same are equal."""

    @classmethod
    def parse(cls, text: str) -> Self:
        """The inverse of `canonical`; raises TypeError or ValueError. What newer code added is ignored."""

    def canonical(self) -> str:
        """The one JSON text of this request."""

    def digest(self) -> str:
        """SHA-256 of the canonical text in hexadecimal."""

    def row(self) -> dict[str, Any]:
        """The values of its own columns in the ledger, by name."""

    def stake(self) -> Mapping[str, int]:
        """What is at stake if it is lost, in minor units by currency."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """The book that a system keeps of its requests."""

    engine: Engine
    """Of the database that the ledger is in: `tables` is in its SQL."""
    table: str
    """Of the ledger, with its schema's name: one row a request."""
    columns: tuple[str, ...]
    """Those that only this system has: `DurableRequest.row`."""
    tables: str
    """The script that creates what is missing of them; it may run any number of times."""
    event: str
    """The type of the event that says that a request was settled."""
    id_name: str
    """The name that consumers of the event know an entry's id by."""
    told: tuple[str, ...]
    """The columns that it tells. No personal data: who may know more asks for the request."""
    live: str = "true"
    """Which rows have not come to an end: a condition in the engine's SQL, on the row ``live``."""
    ended_by: Callable[[DurableRequest, str, str], str | None] = lambda _request, _entry_id, _principal: None
    """The key of the entry that ends the request with this id of this principal; None: nothing ends it."""
    parse: Callable[[str], DurableRequest]
    read: Callable[[Mapping[str, Any]], DurableRequest]
    """The request of a row."""
