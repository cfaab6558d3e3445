"""What the single-region system measures, as values for alarms and dashboards. Pure: no construct."""

from dataclasses import dataclass

from lib.observability.metrics import Metric
from lib.site import Site
from lib.systems.single_region.settings import SingleRegionSettings

DATABASE = "database"
"""The cluster; its instances are `database-0` and `database-1`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SingleRegionMetrics:
    """By the names that the settings give; AWS chose the rest."""

    site: Site[SingleRegionSettings]

    def of_cluster(self, name: str, statistic: str = "Maximum") -> Metric:
        """Of both instances of the database together: whichever of them writes, it is among them."""
        return Metric("AWS/RDS", name, statistic, {"DBClusterIdentifier": self.site.own_name(DATABASE)})
