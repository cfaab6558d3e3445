"""All stacks of the single-region system: there is one."""

from pathlib import Path

from cdktf import App

from lib.bundle import Bundle, build_canary
from lib.systems.single_region.region import RegionStack
from lib.systems.single_region.settings import SingleRegionSettings

ROOT = Path(__file__).resolve().parents[3]


def build(app: App, settings: SingleRegionSettings, functions: Bundle) -> None:
    """The stack of the region. Raises BundleError when the canary cannot be packed."""
    canary = build_canary(ROOT, Path(app.outdir))
    RegionStack(app, settings=settings, functions=functions, canary=canary)
