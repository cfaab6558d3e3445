"""What the single-region system measures, as values for alarms and dashboards. Pure: no construct."""

from dataclasses import dataclass

from lib.observability.canary import canary_name
from lib.observability.metrics import Metric
from lib.site import Site
from lib.systems.single_region.settings import SingleRegionSettings

DATABASE = "database"
"""The database's cluster; its instances are `database-0` and `database-1`."""
CLUSTER = "containers"
HEALING = "healing"
CANARY = "canary"
WEB, SESSIONS = "web", "sessions"
SERVICES = (WEB, SESSIONS)


@dataclass(frozen=True, slots=True, kw_only=True)
class SingleRegionMetrics:
    """By the names that the settings give; AWS chose the rest."""

    site: Site[SingleRegionSettings]
    balancer: str
    targets: str
    health_check: str

    def of_balancer(self, name: str, statistic: str = "Sum") -> Metric:
        """Of the load balancer."""
        return Metric("AWS/ApplicationELB", name, statistic, {"LoadBalancer": self.balancer})

    def of_targets(self, name: str, statistic: str) -> Metric:
        """Of the tasks behind it."""
        both = {"LoadBalancer": self.balancer, "TargetGroup": self.targets}
        return Metric("AWS/ApplicationELB", name, statistic, both)

    def of_site(self) -> Metric:
        """1 while Route 53 gets an answer from behind the balancer."""
        return Metric("AWS/Route53", "HealthCheckStatus", "Minimum", {"HealthCheckId": self.health_check})

    def of_service(self, service: str, name: str, statistic: str = "Average") -> Metric:
        """Of the tasks of one service, as ECS sees them."""
        return Metric("AWS/ECS", name, statistic, self._service(service))

    def of_tasks(self, service: str, name: str, statistic: str = "Minimum") -> Metric:
        """The number of tasks of one service, by Container Insights."""
        return Metric("ECS/ContainerInsights", name, statistic, self._service(service))

    def of_cluster(self, name: str, statistic: str = "Maximum") -> Metric:
        """Of both instances of the database together: whichever of them writes, it is among them."""
        return Metric("AWS/RDS", name, statistic, {"DBClusterIdentifier": self.site.own_name(DATABASE)})

    def of_queue(self, what: str) -> Metric:
        """The messages that wait in one queue."""
        name = {"QueueName": self.site.name(what)}
        return Metric("AWS/SQS", "ApproximateNumberOfMessagesVisible", "Maximum", name)

    def of_healing(self, name: str) -> Metric:
        """Of the machine that heals."""
        machine = self.site.arn("states", f"stateMachine:{self.site.name(HEALING)}")
        return Metric("AWS/States", name, "Sum", {"StateMachineArn": machine})

    def of_canary(self, name: str, statistic: str = "Average") -> Metric:
        """Of the visitor that comes by the clock."""
        visitor = {"CanaryName": canary_name(self.site, CANARY)}
        return Metric("CloudWatchSynthetics", name, statistic, visitor)

    def _service(self, service: str) -> dict[str, str]:
        return {"ClusterName": self.site.name(CLUSTER), "ServiceName": self.site.name(service)}
