"""The payment system as its drills see it."""

from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from dr.access_token import AccessToken, Client, NoToken
from gameday.load.credentials import Credentials, Nothing, Tokens
from gameday.load.payments import Payments
from gameday.targets.cloud import Deployed
from gameday.targets.payments.ledger_reader import LedgerReader
from gameday.targets.payments.scenarios import SCENARIOS
from gameday.targets.two_regions.system import AwsClient, Reached, TwoRegionSystem
from lib.settings.authorization import Mode
from lib.settings.two_regions import TwoRegionSettings
from localcloud.core.state import CloudState
from localcloud.route53.resolver import Resolver


def reach(deployed: Deployed, settings: TwoRegionSettings, client: AwsClient) -> Reached:
    """The regional APIs behind their front doors, as the system's own client."""
    state, asked = deployed.state, settings.api.authorization if settings.api else None
    return Reached(
        endpoints={name: region.front_door for name, region in state.regions.items()},
        resolver=Resolver("127.0.0.1", state.dns_port),
        credentials=_credentials(settings, state, client("ssm")),
        owner=f"@sub:{asked.client_id}" if asked and asked.mode is Mode.JWT else "",
        ledgers={
            name: LedgerReader(
                secrets=client("secretsmanager"),
                secret=settings.database.secret,
                database=settings.database.name,
                port=state.databases[name].port,
            )
            for name in state.regions
        },
    )


def _credentials(settings: TwoRegionSettings, state: CloudState, ssm: Any) -> Credentials:
    """Those of the system's own client at the issuer. Its secret is read where both regions have it."""
    if settings.api is None or settings.api.authorization.mode is Mode.NONE:
        return Nothing()
    authorization = settings.api.authorization

    def fetch() -> AccessToken:
        try:
            found = ssm.get_parameter(Name=f"{settings.parameter_prefix}/api/key", WithDecryption=True)
        except (BotoCoreError, ClientError) as error:
            raise NoToken(f"the secret of our own client cannot be read: {error}") from error
        own = Client.of(
            authorization,
            secret=found["Parameter"]["Value"],
            issuer=state.issuer,
            ca_file=str(state.issuer_ca),
        )
        return own.token()

    return Tokens(fetch)


PAYMENTS = TwoRegionSystem(scenarios=SCENARIOS, requests=Payments(), reach=reach)
