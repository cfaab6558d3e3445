"""What the local cloud of a system needs to know of it."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from dr.doctor.aws import Aws
from lib.settings.common import CommonSettings
from lib.settings.data import Database, Postgres
from localcloud.core.stacks import Stack
from localcloud.core.state import CloudState

Say = Callable[[str], None]
Clients = Callable[[str, str], Any]
"""A client of a service in a region."""


@dataclass(frozen=True, slots=True)
class Given:
    """What a new cloud has made up for its organisation."""

    password: str
    """Of the database's owner."""
    database_ca: str
    """PEM of the trust anchor of the databases."""
    key: str
    """Of the one client, or the password of the one user, that the system knows."""


class LocalSystem(ABC):
    """One system on this machine. Every system has two regions, and two databases, of which one follows."""

    settings: CommonSettings
    database: Database | Postgres
    witness = ""
    """A third region, which only votes."""
    strong_tables: tuple[str, ...] = ()
    """Names of the tables whose copies are strongly consistent."""
    websites = ""
    """The region whose buckets are served as websites; empty where none are."""
    certified: tuple[str, ...] = ()
    """Names of the databases, besides those of this machine, that their certificate is for."""

    @property
    @abstractmethod
    def regions(self) -> tuple[str, ...]:
        """Where something is deployed."""

    @property
    @abstractmethod
    def databases(self) -> Mapping[str, str]:
        """The region of each PostgreSQL server by the server's name; the first one is the writer."""

    @abstractmethod
    def seed(self, clients: Clients, given: Given) -> None:
        """Make what the organisation, or AWS, has in the account before the first deploy."""

    @abstractmethod
    def wait_until_ready(self, cloud: CloudState, say: Say) -> float:
        """Wait until what is deployed serves; returns the seconds it took."""

    @abstractmethod
    def how_to_call(self, cloud: CloudState) -> str:
        """What a person types to use it."""

    @abstractmethod
    def destruction(self, aws: Aws, stacks: Iterable[Stack]) -> list[str]:
        """The names of the stacks in the order in which they are destroyed."""
