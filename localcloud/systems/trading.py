"""The trading platform on this machine: instances in both regions, and a pair of MySQL servers."""

import json
import secrets
from collections.abc import Mapping

from apps.serving.passwords import hashed
from lib.systems.trading.settings import TradingSettings
from localcloud.core.state import CloudState
from localcloud.systems.site import Site
from localcloud.systems.system import Given, Say
from localcloud.systems.two_regions import LocalTwoRegions

USER = "drill"
ORDER = (
    '{"side": "buy", "symbol": "ACME", "quantity": 10, "limit_minor": 1250, "currency": "EUR",'
    ' "time_in_force": "day"}'
)


class LocalTrading(LocalTwoRegions):
    """Two regions, alike."""

    settings: TradingSettings

    def secrets(self, given: Given) -> Mapping[str, str]:
        """That of the database's owner, and who may order: one user."""
        users = {"users": {USER: hashed(given.key, secrets.token_bytes(16))}}
        return {**super().secrets(given), self.settings.users_secret: json.dumps(users)}

    def wait_until_ready(self, cloud: CloudState, say: Say) -> float:
        """Until the public name leads to a region that takes orders."""
        say("waiting for instances behind both balancers, and for the first keeper to take the lease")
        return Site.of(cloud, self.settings.public_name).wait_until_ready()

    def how_to_call(self, cloud: CloudState) -> str:
        """An order, under the public name."""
        name = self.settings.public_name
        url, person = Site.of(cloud, name).url(), json.dumps({"name": USER, "password": cloud.user_password})
        return f"""Sign in and place an order at {name}:
  TOKEN="$(curl -sS {url}/sessions -H 'Content-Type: application/json' -d '{person}' |
    .venv/bin/python -c 'import json, sys; print(json.load(sys.stdin)["token"])')"
  curl -sS {url}/orders -H "Authorization: Bearer $TOKEN" \\
    -H 'Idempotency-Key: my-first-order' -H 'Content-Type: application/json' \\
    -d '{ORDER}'"""
