"""What the web application measures, as values for alarms and dashboards. Pure: no construct."""

from dataclasses import dataclass

from lib.compute.fleet import FleetMetrics
from lib.data.copies import CopyMetrics
from lib.observability.metrics import Metric, own_namespace
from lib.settings.data import REPLICA, WRITER
from lib.site import Site
from lib.systems.webapp.settings import WebappSettings

DATABASES = (WRITER, REPLICA)


@dataclass(frozen=True, slots=True, kw_only=True)
class WebappMetrics(FleetMetrics):
    """By the names that the settings give; AWS chose the rest."""

    site: Site[WebappSettings]
    health_check: str
    copies: CopyMetrics

    def of_database(self, what: str, name: str, statistic: str = "Maximum") -> Metric:
        """Of one database."""
        return Metric("AWS/RDS", name, statistic, {"DBInstanceIdentifier": self.site.own_name(what)})

    def of_site(self) -> Metric:
        """1 while Route 53 hands out the load balancer."""
        return Metric("AWS/Route53", "HealthCheckStatus", "Minimum", {"HealthCheckId": self.health_check})

    def of_function(self, what: str, name: str) -> Metric:
        """Of one function."""
        return Metric("AWS/Lambda", name, "Sum", {"FunctionName": self.site.name(what)})

    def own(self, name: str, statistic: str = "Maximum") -> Metric:
        """Written by the application (apps/web/upkeep.py)."""
        return Metric(own_namespace(self.site.settings), name, statistic)
