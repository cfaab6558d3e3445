"""What a group of instances and its balancer measure, and when somebody is called. Pure: no construct."""

from collections.abc import Iterator
from dataclasses import dataclass

from lib.observability.alarm import Alarm, Missing, Side
from lib.observability.metrics import Metric

RELEASE = ("targets-failing", "unhealthy-targets")
"""Alarms by id: any of them ends a release, and the version before serves again."""
NO_REQUESTS = "nobody asked for anything; the health check of the name watches whether somebody could"


@dataclass(frozen=True, slots=True, kw_only=True)
class FleetMetrics:
    """By the names that AWS gave."""

    balancer: str
    targets: str
    group: str

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


def fleet_alarms(
    metrics: FleetMetrics, *, minimum: int, errors_a_minute: int, runbook: str, no_requests: str = NO_REQUESTS
) -> Iterator[Alarm]:
    """Too few instances, and requests that are answered with errors."""
    yield Alarm(
        id="too-few-instances",
        metric=metrics.of_group("GroupInServiceInstances"),
        side=Side.BELOW,
        threshold=minimum,
        minutes=5,
        bad_minutes=5,
        missing=Missing.BAD,
        why_missing="Auto Scaling always tells the size of a group",
        says="Fewer instances are in service than the minimum: launches fail or are refused",
        runbook=runbook,
    )
    for id_, metric, who in (
        ("targets-failing", metrics.of_targets("HTTPCode_Target_5XX_Count", "Sum"), "Instances answer"),
        ("balancer-failing", metrics.of_balancer("HTTPCode_ELB_5XX_Count"), "The load balancer answers"),
    ):
        yield Alarm(
            id=id_,
            metric=metric,
            side=Side.AT_LEAST,
            threshold=errors_a_minute,
            why_missing=no_requests,
            says=f"{who} requests with errors",
            runbook=runbook,
        )


def unhealthy_targets(metrics: FleetMetrics, runbook: str) -> Alarm:
    """The balancer does not reach an instance, or gets no 200 of it."""
    return Alarm(
        id="unhealthy-targets",
        metric=metrics.of_targets("UnHealthyHostCount", "Maximum"),
        side=Side.ABOVE,
        threshold=0,
        why_missing="there is no target; too-few-instances watches that",
        says="The load balancer calls instances unhealthy",
        runbook=runbook,
    )
