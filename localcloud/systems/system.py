"""What the local cloud of a system needs to know of it."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from dr.doctor.aws import Aws
from lib.settings.common import CommonSettings
from lib.settings.data import AuroraCluster, Database, Postgres
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
    """One system on this machine. It has one or two regions, and two databases, of which one follows."""

    settings: CommonSettings
    database: Database | Postgres | AuroraCluster
    witness = ""
    """A third region, which only votes."""
    strong_tables: tuple[str, ...] = ()
    """Names of the tables whose copies are strongly consistent."""
    websites = ""
    """The region whose buckets are served as websites; empty where none are."""
    certified: tuple[str, ...] = ()
    """Names of the databases, besides those of this machine, that their certificate is for."""
    replication_delay_ms = 500.0
    """How late the write-ahead log arrives at the other server. Aurora's replication to another region lags
    "typically under a second" (https://aws.amazon.com/rds/aurora/global-database/): a region that dies takes
    half a second of committed rows with it, so that every drill has something to lose."""

    @property
    @abstractmethod
    def regions(self) -> tuple[str, ...]:
        """Where something is deployed."""

    @property
    @abstractmethod
    def databases(self) -> Mapping[str, str]:
        """The region of each PostgreSQL server by the server's name; the first one is the writer."""

    @property
    def synthesis(self) -> Mapping[str, str]:
        """Variables of the environment that the stacks of this cloud are made with."""
        return {}

    def led_to(self, writer: str, living: Iterable[str]) -> Mapping[str, str]:  # noqa: ARG002
        """By a database's name the server that it leads to, while *writer* writes and those of *living* run.

        The name of a single database leads to nobody else.
        """
        return dict(zip(self.certified, self.databases, strict=False))

    @abstractmethod
    def seed(self, clients: Clients, given: Given) -> None:
        """Make what the organisation, or AWS, has in the account before the first deploy."""

    def publish(self, cloud: CloudState) -> None:  # noqa: B027 - most systems have nothing to publish
        """Make whatever the stacks name and Terraform does not: nothing, for most systems."""

    @abstractmethod
    def wait_until_ready(self, cloud: CloudState, say: Say) -> float:
        """Wait until what is deployed serves; returns the seconds it took."""

    @abstractmethod
    def how_to_call(self, cloud: CloudState) -> str:
        """What a person types to use it."""

    @abstractmethod
    def destruction(self, aws: Aws, stacks: Iterable[Stack]) -> list[str]:
        """The names of the stacks in the order in which they are destroyed."""
