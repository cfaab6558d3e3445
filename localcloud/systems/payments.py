"""The payment system on this machine: a global database whose clusters are PostgreSQL servers."""

import json
from collections.abc import Iterable, Mapping

from dr.delivery.order import destruction
from dr.delivery.writer import region_of_writer
from dr.doctor.aws import Aws
from lib.settings.two_regions import TwoRegionSettings
from localcloud.core.stacks import Stack
from localcloud.core.state import CloudState
from localcloud.lifecycle import wait_until_ready
from localcloud.systems.system import Clients, Given, LocalSystem, Say

STRONG_TABLES = ("lease", "journal", "arrivals", "approvals")


PAYMENT = (
    '{"amount_minor": 1250, "currency": "EUR", "debtor": "Ada", "creditor": "Bob", "reference": "lunch"}'
)


class LocalPayments(LocalSystem):
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

    def seed(self, clients: Clients, given: Given) -> None:
        """The secrets of the organisation, in both regions."""
        database, api = self.settings.database, self.settings.api
        owner = {"username": database.username, "password": given.password, "ca": given.database_ca}
        values = {database.secret: json.dumps(owner), **({api.key_secret: given.key} if api else {})}
        for region in self.regions:
            for name, value in values.items():
                clients("secretsmanager", region).create_secret(Name=name, SecretString=value)

    def wait_until_ready(self, cloud: CloudState, say: Say) -> float:
        """Until one region holds the lease and takes payments."""
        say("waiting for the first keeper to take the lease (its schedule ticks once a minute)")
        return wait_until_ready([region.front_door for region in cloud.regions.values()])

    def how_to_call(self, cloud: CloudState) -> str:
        """A payment, where the settings put the primary."""
        primary = cloud.regions[self.settings.primary.name]
        return f"""Pay something:
  eval "$(.venv/bin/python -m localcloud env)"
  curl -sS {primary.front_door}/payments \\
    -H 'Idempotency-Key: my-first-payment' -H 'Content-Type: application/json' \\
    -H "Authorization: Bearer $(.venv/bin/dr token)" \\
    -d '{PAYMENT}'"""

    def destruction(self, aws: Aws, stacks: Iterable[Stack]) -> list[str]:  # noqa: ARG002 - names say it all
        """As `make destroy` does: the region of the writer after the other one."""
        return destruction(self.settings, region_of_writer(aws, self.settings))
