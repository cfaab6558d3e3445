"""Which stacks are touched, and in which order. Pure."""

from lib.errors import SettingsError
from lib.regions import Region
from lib.settings.common import CommonSettings
from lib.settings.two_regions import TwoRegionSettings
from lib.systems.webapp.settings import WebappSettings


def of_region(settings: TwoRegionSettings, name: str) -> str:
    """The stack of the region *name*. Raises SettingsError for a region that has none."""
    for region in settings.regions:
        if region.name == name:
            return _stack(settings, region)
    known = " or ".join(region.name for region in settings.regions)
    raise SettingsError(f"REGION = {name or 'nothing'}: no stack is there; choose {known}")


def destruction(settings: CommonSettings, writer: str | None) -> list[str]:
    """Every stack, dependants first. In two regions that with the *writer* goes after the other one.

    Aurora lets the writer of a global database go only when it is the last member
    (https://github.com/hashicorp/terraform-provider-aws/issues/26236), and after a failover that is not where
    the settings place it. Without any writer the region that was created last goes first.
    """
    if not isinstance(settings, TwoRegionSettings):
        return [_stack(settings, region) for region in (settings.home, *_elsewhere(settings))]
    last = writer or settings.primary.name
    regions = sorted(settings.regions, key=lambda region: region.name == last)
    return [
        settings.name("world"),
        *(_stack(settings, region) for region in regions),
        settings.name("foundation"),
    ]


def _elsewhere(settings: CommonSettings) -> list[Region]:
    """Regions with nothing but copies: what runs at home names these, so it goes first."""
    return [settings.there] if isinstance(settings, WebappSettings) else []


def _stack(settings: CommonSettings, region: Region) -> str:
    return settings.name(region.code)
