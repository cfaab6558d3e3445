"""What the web application measures, as values for alarms and dashboards. Pure: no construct."""

from dataclasses import dataclass

from lib.data.replication import RULE
from lib.observability.metrics import Metric, own_namespace
from lib.settings.data import REPLICA, WRITER
from lib.site import Site
from lib.systems.webapp.settings import WebappSettings

DATABASES = (WRITER, REPLICA)


@dataclass(frozen=True, slots=True, kw_only=True)
class WebappMetrics:
    """By the names that the settings give; AWS chose the rest."""

    site: Site[WebappSettings]
    balancer: str
    targets: str
    group: str
    health_check: str
    files: str
    copies: str

    def of_balancer(self, name: str, statistic: str = "Sum") -> Metric:
        """Of the load balancer."""
        return Metric("AWS/ApplicationELB", name, statistic, {"LoadBalancer": self.balancer})

    def of_targets(self, name: str, statistic: str) -> Metric:
        """Of the instances behind it."""
        both = {"LoadBalancer": self.balancer, "TargetGroup": self.targets}
        return Metric("AWS/ApplicationELB", name, statistic, both)

    def of_group(self, name: str, statistic: str = "Minimum") -> Metric:
        """Of the Auto Scaling group's size."""
        return Metric("AWS/AutoScaling", name, statistic, {"AutoScalingGroupName": self.group})

    def of_instances(self, name: str, statistic: str = "Average") -> Metric:
        """Of all instances of the group."""
        return Metric("AWS/EC2", name, statistic, {"AutoScalingGroupName": self.group})

    def of_database(self, what: str, name: str, statistic: str = "Maximum") -> Metric:
        """Of one database."""
        return Metric("AWS/RDS", name, statistic, {"DBInstanceIdentifier": self.site.own_name(what)})

    def of_copies(self, name: str, statistic: str = "Maximum") -> Metric:
        """Of the replication of files."""
        rule = {"SourceBucket": self.files, "DestinationBucket": self.copies, "RuleId": RULE}
        return Metric("AWS/S3", name, statistic, rule)

    def of_site(self) -> Metric:
        """1 while Route 53 hands out the load balancer."""
        return Metric("AWS/Route53", "HealthCheckStatus", "Minimum", {"HealthCheckId": self.health_check})

    def of_function(self, what: str, name: str) -> Metric:
        """Of one function."""
        return Metric("AWS/Lambda", name, "Sum", {"FunctionName": self.site.name(what)})

    def own(self, name: str, statistic: str = "Maximum") -> Metric:
        """Written by the application (apps/web/upkeep.py)."""
        return Metric(own_namespace(self.site.settings), name, statistic)
