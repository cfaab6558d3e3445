"""What one region of a system in two measures of its recovery, as values. Pure: no construct."""

from dataclasses import dataclass

from lib.observability.metrics import Metric, own_namespace
from lib.settings.two_regions import TwoRegionSettings
from lib.site import Site


@dataclass(frozen=True, slots=True)
class RecoveryMetrics:
    """The metrics of one region, by the names that the settings give."""

    site: Site[TwoRegionSettings]

    def database(self, name: str, statistic: str = "Maximum") -> Metric:
        """Of this region's cluster, be it writer or replica."""
        return Metric("AWS/RDS", name, statistic, {"DBClusterIdentifier": self.site.own_name("ledger")})

    def function(self, what: str, name: str, statistic: str = "Sum") -> Metric:
        """Of the function *what*."""
        return Metric("AWS/Lambda", name, statistic, {"FunctionName": self.site.name(what)})

    def table(self, what: str, name: str, statistic: str = "Sum", **dimensions: str) -> Metric:
        """Of this region's replica of the table *what*."""
        return Metric("AWS/DynamoDB", name, statistic, {"TableName": self.site.name(what), **dimensions})

    def takeovers(self, name: str) -> Metric:
        """Of the state machine that takes over."""
        machine = self.site.arn("states", f"stateMachine:{self.site.name('failover')}")
        return Metric("AWS/States", name, "Sum", {"StateMachineArn": machine})

    def own(self, name: str, statistic: str = "Sum") -> Metric:
        """Counted in the functions' logs."""
        return Metric(own_namespace(self.site.settings), name, statistic)

    def metered(self, name: str, statistic: str) -> Metric:
        """Written by the functions themselves, as `runtime.metrics.Meter` does."""
        service = {"service": self.site.settings.system}
        return Metric(own_namespace(self.site.settings), name, statistic, service)
