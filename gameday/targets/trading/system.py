"""The trading platform as its drills see it."""

import asyncio
from functools import partial

from gameday.load.credentials import Session
from gameday.load.orders import Orders
from gameday.targets.cloud import Deployed
from gameday.targets.trading.asking import USER, OrderApis
from gameday.targets.trading.ledger_reader import OrderReader
from gameday.targets.trading.scenarios import SCENARIOS
from gameday.targets.two_regions.system import AwsClient, Reached, TwoRegionSystem
from lib.settings.two_regions import TwoRegionSettings
from localcloud.route53.resolver import AwsNameResolver, NoAnswerError, ServiceResolver

NOBODY = "http://127.0.0.1:9"
"""The port of "discard": no local cloud serves anything there."""


def reach(deployed: Deployed, settings: TwoRegionSettings, client: AwsClient) -> Reached:
    """The balancers of both regions, as the one user of the local cloud."""
    state, outputs = deployed.state, deployed.outputs
    where = ServiceResolver("127.0.0.1", state.dns_port)
    endpoints = {region: _endpoint(where, host) for region, host in outputs.api_hosts.items()}
    apis = OrderApis(endpoints, outputs.api_name)
    session = Session(partial(apis.sign_in, state.user_password))
    return Reached(
        endpoints=endpoints,
        resolver=AwsNameResolver("127.0.0.1", state.dns_port),
        credentials=session,
        owner=f"@{USER}",
        ledgers={
            name: OrderReader(
                secrets=client("secretsmanager"),
                secret=settings.database.secret,
                database=settings.database.name,
                port=state.databases[name].port,
            )
            for name in state.regions
        },
        listed=partial(apis.open_orders, session),
    )


def _endpoint(where: ServiceResolver, host: str) -> str:
    """The URL of a balancer; one that is served nowhere, as in a region that is lost, answers nobody."""
    try:
        return f"http://{asyncio.run(where.resolve(host)).target}"
    except NoAnswerError:
        return NOBODY


TRADING = TwoRegionSystem(scenarios=SCENARIOS, requests=Orders(), reach=reach)
