"""A system in two regions on this machine: a global database whose clusters are servers of its engine."""

import json
from collections.abc import Iterable, Mapping

from dr.delivery.order import destruction
from dr.delivery.writer import region_of_writer
from dr.doctor.aws import Aws
from lib.settings.two_regions import TwoRegionSettings
from localcloud.core.stacks import Stack
from localcloud.systems.system import Clients, Given, LocalSystem

STRONG_TABLES = ("lease", "journal", "arrivals", "approvals")


class LocalTwoRegions(LocalSystem):
    """Two regions, alike."""

    def __init__(self, settings: TwoRegionSettings) -> None:
        self.settings: TwoRegionSettings = settings
        self.database = settings.database
        self.witness = settings.witness
        self.strong_tables = tuple(settings.name(table) for table in STRONG_TABLES)

    @property
    def regions(self) -> tuple[str, ...]:
        """Both."""
        return tuple(region.name for region in self.settings.regions)

    @property
    def databases(self) -> Mapping[str, str]:
        """A server a region, named like it."""
        names = (self.settings.primary.name, self.settings.standby.name)
        return {name: name for name in names}

    def secrets(self, given: Given) -> Mapping[str, str]:
        """By name what is in the secrets of the organisation: that of the database's owner."""
        owner = {
            "username": self.database.username,
            "password": given.password,
            "ca": given.database_ca,
        }
        return {self.database.secret: json.dumps(owner)}

    def seed(self, clients: Clients, given: Given) -> None:
        """The secrets of the organisation, in both regions."""
        for region in self.regions:
            for name, value in self.secrets(given).items():
                clients("secretsmanager", region).create_secret(Name=name, SecretString=value)

    def destruction(self, aws: Aws, stacks: Iterable[Stack]) -> list[str]:  # noqa: ARG002 - names say it all
        """As `make destroy` does: the region of the writer after the other one."""
        return destruction(self.settings, region_of_writer(aws, self.settings))
