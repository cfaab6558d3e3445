"""All stacks of the trading platform, in the order in which they are deployed."""

from pathlib import Path

from cdktf import App

from lib.bundle import Bundle, build_trading
from lib.data.database import DatabaseOrigin
from lib.regions import Role
from lib.systems.foundation import FoundationStack
from lib.systems.trading.regional import TradingRegion
from lib.systems.trading.settings import TradingSettings
from lib.systems.trading.world import TradingWorld

ROOT = Path(__file__).resolve().parents[3]


def build(app: App, settings: TradingSettings, functions: Bundle) -> None:
    """The foundation, both regions, and what needs both.

    Raises BundleError when the application cannot be packed.
    """
    application = build_trading(ROOT, Path(app.outdir))
    foundation = FoundationStack(app, settings=settings)
    origins = {Role.PRIMARY: DatabaseOrigin.of(settings.database)}
    regions = settings.regions.map(
        lambda region: TradingRegion(
            app,
            settings=settings,
            region=region,
            functions=functions,
            release=application,
            origin=origins.get(region.role),
            zone_id=foundation.zone_id,
        )
    )
    primary, standby = sorted(regions, key=lambda stack: stack.site.region.role)
    primary.add_dependency(foundation)
    standby.add_dependency(primary)
    TradingWorld(app, settings=settings, foundation=foundation, regions=regions)
