"""Metrics of groups and their instances, as CloudWatch names them.

https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-metrics.html
https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/viewing_metrics_with_cloudwatch.html
"""

from collections.abc import Mapping
from typing import Any

from localcloud.fleet.groups.facts import Facts, Lifecycle

Datum = dict[str, Any]
GROUP, INSTANCE = "AutoScalingGroupName", "InstanceId"
_PENDING = (Lifecycle.PENDING, Lifecycle.PENDING_WAIT)


def of_group(facts: Facts, enabled: frozenset[str]) -> list[Datum]:
    """The group metrics that are enabled, for the namespace AWS/AutoScaling."""
    states = [member.lifecycle for member in facts.members]
    in_service, pending = states.count(Lifecycle.IN_SERVICE), sum(state in _PENDING for state in states)
    values = {
        "GroupMinSize": facts.group.minimum,
        "GroupMaxSize": facts.group.maximum,
        "GroupDesiredCapacity": facts.group.desired,
        "GroupInServiceInstances": in_service,
        "GroupPendingInstances": pending,
        "GroupStandbyInstances": 0,
        "GroupTerminatingInstances": len(states) - in_service - pending,
        "GroupTotalInstances": len(states),
    }
    return [
        datum(name, value, {GROUP: facts.group.name}) for name, value in values.items() if name in enabled
    ]


def of_processors(busy: Mapping[str, float], groups: Mapping[str, str]) -> list[Datum]:
    """CPUUtilization in percent of one processor of this machine, by instance and by group.

    *busy* has the percentage by instance, *groups* the group of each instance that has one.
    """
    found = [datum("CPUUtilization", value, {INSTANCE: name}, "Percent") for name, value in busy.items()]
    return found + [
        datum("CPUUtilization", value, {GROUP: groups[name]}, "Percent")
        for name, value in busy.items()
        if groups.get(name)
    ]


def of_status(impaired: Mapping[str, bool]) -> list[Datum]:
    """Failed status checks by instance: 1 or 0."""
    return [
        datum(name, float(failed), {INSTANCE: instance})
        for instance, failed in impaired.items()
        for name in ("StatusCheckFailed", "StatusCheckFailed_Instance")
    ]


def datum(name: str, value: float, dimensions: Mapping[str, str], unit: str = "Count") -> Datum:
    """One value as PutMetricData takes it."""
    shown = [{"Name": key, "Value": each} for key, each in dimensions.items()]
    return {"MetricName": name, "Value": float(value), "Unit": unit, "Dimensions": shown}
