"""Which stacks are touched, and in which order. Pure."""

from lib.errors import SettingsError
from lib.regions import Region
from lib.settings.two_regions import TwoRegionSettings


def of_region(settings: TwoRegionSettings, name: str) -> str:
    """The stack of the region *name*. Raises SettingsError for a region that has none."""
    for region in settings.regions:
        if region.name == name:
            return _stack(settings, region)
    known = " or ".join(region.name for region in settings.regions)
    raise SettingsError(f"REGION = {name or 'nothing'}: no stack is there; choose {known}")


def destruction(settings: TwoRegionSettings, writer: str | None) -> list[str]:
    """Every stack, dependants first, and the region with the *writer* after the other one.

    Aurora lets the writer of a global database go only when it is the last member
    (https://github.com/hashicorp/terraform-provider-aws/issues/26236), and after a failover that is not where
    the settings place it. Without any writer the region that was created last goes first.
    """
    last = writer or settings.primary.name
    regions = sorted(settings.regions, key=lambda region: region.name == last)
    return [
        settings.name("world"),
        *(_stack(settings, region) for region in regions),
        settings.name("foundation"),
    ]


def _stack(settings: TwoRegionSettings, region: Region) -> str:
    return settings.name(region.code)
