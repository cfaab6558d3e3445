"""What is switched on a group while it runs: target groups, metrics, suspended processes."""
# ruff: noqa: SLF001 - a patch changes what upstream keeps to itself

from collections.abc import Callable
from typing import Any

from ministack.services import autoscaling

Parameters = dict[str, Any]
Record = dict[str, Any]
Answer = Any


def switch_groups(wake: Callable[[], None]) -> None:
    """Attach and detach target groups, measure groups, suspend processes; upstream knows none of these calls.

    https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_AttachLoadBalancerTargetGroups.html
    https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_EnableMetricsCollection.html
    https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_SuspendProcesses.html
    """
    for action, change in _CHANGES.items():
        autoscaling._ACTION_MAP[action] = _changing(action, change, wake)


def _changing(
    action: str, change: Callable[[Record, Parameters], None], wake: Callable[[], None]
) -> Callable[[Parameters], Answer]:
    def act(params: Parameters) -> Answer:
        group = autoscaling._asgs.get(autoscaling._p(params, "AutoScalingGroupName"))
        if group is None:
            return autoscaling._error("ValidationError", "AutoScalingGroup name not found - null")
        change(group, params)
        wake()
        return autoscaling._xml(200, f"{action}Response", f"<{action}Result/>")

    return act


def _attach(group: Record, params: Parameters) -> None:
    more = autoscaling._parse_member_list(params, "TargetGroupARNs")
    group["TargetGroupARNs"] = list(dict.fromkeys([*group["TargetGroupARNs"], *more]))


def _detach(group: Record, params: Parameters) -> None:
    less = autoscaling._parse_member_list(params, "TargetGroupARNs")
    group["TargetGroupARNs"] = [arn for arn in group["TargetGroupARNs"] if arn not in less]


def _traffic(params: Parameters) -> Parameters:
    """Traffic sources of the kind that are target groups, in the words of the older calls."""
    listed = autoscaling._parse_nested(params, "TrafficSources") or []
    return {f"TargetGroupARNs.member.{place}": each["Identifier"] for place, each in enumerate(listed, 1)}


def _measure(group: Record, params: Parameters) -> None:
    asked = autoscaling._parse_member_list(params, "Metrics") or GROUP_METRICS
    known = {each["Metric"] for each in group.get("EnabledMetrics", [])}
    group["EnabledMetrics"] = [
        {"Metric": name, "Granularity": "1Minute"} for name in sorted(known | set(asked))
    ]


def _measure_no_more(group: Record, params: Parameters) -> None:
    asked = autoscaling._parse_member_list(params, "Metrics") or GROUP_METRICS
    group["EnabledMetrics"] = [
        each for each in group.get("EnabledMetrics", []) if each["Metric"] not in asked
    ]


def _suspend(group: Record, params: Parameters) -> None:
    asked = autoscaling._parse_member_list(params, "ScalingProcesses") or PROCESSES
    known = {each["ProcessName"] for each in group.get("SuspendedProcesses", [])}
    group["SuspendedProcesses"] = [
        {"ProcessName": name, "SuspensionReason": "User suspended"} for name in sorted(known | set(asked))
    ]


def _resume(group: Record, params: Parameters) -> None:
    asked = autoscaling._parse_member_list(params, "ScalingProcesses") or PROCESSES
    suspended = group.get("SuspendedProcesses", [])
    group["SuspendedProcesses"] = [each for each in suspended if each["ProcessName"] not in asked]


def _no_warm_pool(_group: Record, _params: Parameters) -> None:
    """No group of ours has a warm pool; the provider asks before it deletes a group."""


_CHANGES: dict[str, Callable[[Record, Parameters], None]] = {
    "AttachLoadBalancerTargetGroups": _attach,
    "DetachLoadBalancerTargetGroups": _detach,
    "AttachTrafficSources": lambda group, params: _attach(group, _traffic(params)),
    "DetachTrafficSources": lambda group, params: _detach(group, _traffic(params)),
    "EnableMetricsCollection": _measure,
    "DisableMetricsCollection": _measure_no_more,
    "SuspendProcesses": _suspend,
    "ResumeProcesses": _resume,
    "DescribeWarmPool": _no_warm_pool,
}
GROUP_METRICS = (
    "GroupMinSize",
    "GroupMaxSize",
    "GroupDesiredCapacity",
    "GroupInServiceInstances",
    "GroupPendingInstances",
    "GroupStandbyInstances",
    "GroupTerminatingInstances",
    "GroupTotalInstances",
)
PROCESSES = (
    "Launch",
    "Terminate",
    "AddToLoadBalancer",
    "AlarmNotification",
    "AZRebalance",
    "HealthCheck",
    "InstanceRefresh",
    "ReplaceUnhealthy",
    "ScheduledActions",
)
