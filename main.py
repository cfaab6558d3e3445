"""Composition root: settings in, stacks out."""

import sys
from pathlib import Path

from cdktf import App

from budget.synth import check
from lib import bundle, provider_lock
from lib.data.database import DatabaseOrigin
from lib.errors import BundleError, SettingsError
from lib.regions import Role
from lib.settings.two_regions import TwoRegionSettings
from lib.systems.load import load_settings
from lib.systems.payments.foundation import FoundationStack
from lib.systems.payments.regional import RegionalStack
from lib.systems.payments.world import WorldStack


def build(app: App, settings: TwoRegionSettings, functions: bundle.Bundle) -> None:
    """All stacks of one system, in the order in which they are deployed."""
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
    WorldStack(app, settings=settings, foundation=foundation, regions=regions)


def synthesize(settings: TwoRegionSettings, functions: bundle.Bundle, folder: Path) -> None:
    """All stacks of one system into *folder*, as judges read them."""
    app = App(outdir=str(folder), stack_traces=False)
    build(app, settings, functions)
    app.synth()


if __name__ == "__main__":
    app = App(stack_traces=False)
    try:
        settings = load_settings(context_suffix=app.node.try_get_context("environmentSuffix"))
        sys.stderr.write(check(settings))
        provider_lock.require(settings)
        build(app, settings, bundle.build(Path(__file__).with_name("lambda"), Path(app.outdir)))
    except (SettingsError, BundleError) as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(2)
    app.synth()
    provider_lock.give_to(Path(app.outdir) / "stacks", settings)
