"""Composition root: settings in, the stacks of the system that SYSTEM names out."""

import sys
from pathlib import Path

from cdktf import App

from budget.synth import check
from lib import bundle, provider_lock
from lib.errors import BundleError, SettingsError
from lib.settings.common import CommonSettings
from lib.systems import registry
from lib.systems.load import load_any


def synthesize(settings: CommonSettings, functions: bundle.Bundle, folder: Path) -> None:
    """All stacks of one system into *folder*, as judges read them."""
    app = App(outdir=str(folder), stack_traces=False)
    registry.build(app, settings, functions)
    app.synth()


if __name__ == "__main__":
    app = App(stack_traces=False)
    try:
        settings = load_any(context_suffix=app.node.try_get_context("environmentSuffix"))
        sys.stderr.write(check(settings))
        provider_lock.require(settings)
        needed = (*bundle.VENDORED, *registry.of(settings).drivers)
        functions = bundle.build(Path(__file__).with_name("lambda"), Path(app.outdir), needed)
        registry.build(app, settings, functions)
    except (SettingsError, BundleError) as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(2)
    app.synth()
    provider_lock.give_to(Path(app.outdir) / "stacks", settings)
