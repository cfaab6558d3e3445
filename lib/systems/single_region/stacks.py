"""All stacks of the single-region system: there is one."""

from cdktf import App

from lib.bundle import Bundle
from lib.systems.single_region.region import RegionStack
from lib.systems.single_region.settings import SingleRegionSettings


def build(app: App, settings: SingleRegionSettings, functions: Bundle) -> None:  # noqa: ARG001 - no function yet
    """The stack of the region."""
    RegionStack(app, settings=settings)
