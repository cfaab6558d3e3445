"""Composition root: settings in, stacks out."""

import sys
from pathlib import Path

from cdktf import App

from dr.budget.synth import check
from lib import bundle, config
from lib.constructs.database import DatabaseOrigin
from lib.errors import BundleError, SettingsError
from lib.pair import Pair
from lib.stacks.foundation import FoundationStack
from lib.stacks.regional import RegionalStack
from lib.stacks.world import WorldStack


def build(app: App, settings: config.Settings, functions: bundle.Bundle) -> None:
    """All stacks of one system, in the order in which they are deployed."""
    foundation = FoundationStack(app, settings=settings)
    origins = Pair(DatabaseOrigin.of(settings.database), None)
    regions = settings.regions.zip(origins).map(
        lambda placed: RegionalStack(
            app, settings=settings, region=placed[0], bundle=functions, origin=placed[1]
        )
    )
    regions.primary.add_dependency(foundation)
    regions.standby.add_dependency(regions.primary)
    WorldStack(app, settings=settings, foundation=foundation, regions=regions)


if __name__ == "__main__":
    app = App(stack_traces=False)
    try:
        settings = config.load(context_suffix=app.node.try_get_context("environmentSuffix"))
        sys.stderr.write(check(settings))
        build(app, settings, bundle.build(Path(__file__).with_name("lambda"), Path(app.outdir)))
    except (SettingsError, BundleError) as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(2)
    app.synth()
