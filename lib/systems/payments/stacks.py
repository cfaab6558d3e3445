"""All stacks of payments, in the order in which they are deployed."""

from cdktf import App

from lib.bundle import Bundle
from lib.data.database import DatabaseOrigin
from lib.regions import Role
from lib.systems.foundation import FoundationStack
from lib.systems.payments.regional import RegionalStack
from lib.systems.payments.settings import PaymentsSettings
from lib.systems.payments.world import PaymentsWorld


def build(app: App, settings: PaymentsSettings, functions: Bundle) -> None:
    """The foundation, both regions, and what needs both."""
    foundation = FoundationStack(app, settings=settings)
    origins = {Role.PRIMARY: DatabaseOrigin.of(settings.database)}
    regions = settings.regions.map(
        lambda region: RegionalStack(
            app, settings=settings, region=region, bundle=functions, origin=origins.get(region.role)
        )
    )
    primary, standby = sorted(regions, key=lambda stack: stack.site.region.role)
    primary.add_dependency(foundation)
    standby.add_dependency(primary)
    PaymentsWorld(app, settings=settings, foundation=foundation, regions=regions)
