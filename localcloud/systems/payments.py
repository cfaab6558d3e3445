"""The payment system on this machine: a global database whose clusters are PostgreSQL servers."""

from collections.abc import Mapping

from localcloud.core.state import CloudState
from localcloud.lifecycle import wait_until_ready
from localcloud.systems.system import Given, Say
from localcloud.systems.two_regions import LocalTwoRegions

PAYMENT = (
    '{"amount_minor": 1250, "currency": "EUR", "debtor": "Ada", "creditor": "Bob", "reference": "lunch"}'
)


class LocalPayments(LocalTwoRegions):
    """Two regions, alike."""

    def secrets(self, given: Given) -> Mapping[str, str]:
        """That of the database's owner, and the API's key."""
        api = self.settings.api
        return {**super().secrets(given), **({api.key_secret: given.key} if api else {})}

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
