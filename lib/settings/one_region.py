"""The settings of a system in one region."""

from lib.regions import Region, Role
from lib.settings.common import CommonSettings
from lib.settings.network import Placement


class OneRegionSettings(CommonSettings):
    """A system that survives the loss of a zone, and not that of its region."""

    region: Placement

    @property
    def regions(self) -> tuple[Region]:
        """The one region there is."""
        return (Region(self.region.name, Role.PRIMARY, self.region.cidr),)
