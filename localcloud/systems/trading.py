"""The trading platform on this machine: instances in both regions, and a pair of MySQL servers."""

from lib.systems.trading.settings import TradingSettings
from localcloud.core.state import CloudState
from localcloud.systems.site import Site
from localcloud.systems.system import Say
from localcloud.systems.two_regions import LocalTwoRegions

ORDER = (
    '{"side": "buy", "symbol": "ACME", "quantity": 10, "limit_minor": 1250, "currency": "EUR",'
    ' "time_in_force": "day"}'
)


class LocalTrading(LocalTwoRegions):
    """Two regions, alike."""

    settings: TradingSettings

    def wait_until_ready(self, cloud: CloudState, say: Say) -> float:
        """Until the public name leads to a region that takes orders."""
        say("waiting for instances behind both balancers, and for the first keeper to take the lease")
        return Site.of(cloud, self.settings.public_name).wait_until_ready()

    def how_to_call(self, cloud: CloudState) -> str:
        """An order, under the public name."""
        name = self.settings.public_name
        return f"""Place an order at {name}:
  curl -sS {Site.of(cloud, name).url()}/orders \\
    -H 'Idempotency-Key: my-first-order' -H 'Content-Type: application/json' \\
    -d '{ORDER}'"""
